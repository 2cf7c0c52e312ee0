-- Every fifth search is there twice, to the last bit.
insert into shop.search_log (at, query, results, took, filters)
select at, query, results, took, filters
from (
  select
    n, now() - interval '90 days' * (1 - n / $1::float8) as at, pg_temp.words(2) as query,
    case when n % 13 <> 0 then floor(random() * 200)::int end as results,
    interval '1 ms' * floor(random() * 400) as took,
    case when n % 3 = 0 then array['price<50', null, 'colour=blau'] end as filters
  from generate_series(1, $1) n
) search, generate_series(1, case when n % 5 = 0 then 2 else 1 end)
