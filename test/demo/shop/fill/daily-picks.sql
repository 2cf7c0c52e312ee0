insert into shop.daily_picks (position, product_id, reason)
select n, 1 + (n * 17) % $1::int, pg_temp.words(4) from generate_series(1, 20) n
