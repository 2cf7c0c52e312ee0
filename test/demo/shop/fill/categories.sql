insert into shop.categories (parent_id, name)
select case when n > 8 then 1 + (n - 9) % 8 end, initcap(pg_temp.words(2))
from generate_series(1, 60) n
