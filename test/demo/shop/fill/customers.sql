insert into shop.customers
  (email, full_name, address, phones, preferences, points, newsletter, born, created_at, updated_at)
select
  lower(left(md5(n::text), 5)) || '.' || n || '@' || pg_temp.pick('{example.org,example.net,mail.example.com}'),
  first_name || ' ' || last_name,
  case when n % 50 <> 0 then pg_temp.address() end,
  case when n % 7 = 0 then '{}' else array['+49 30 ' || floor(random() * 1e7)::text, '+33 1 ' || n] end,
  jsonb_build_object(
    'language', pg_temp.pick('{de,fr,sv,nl,es,it}'), 'sizes', jsonb_build_array(36 + n % 10, 'M'),
    'consent', jsonb_build_object('mail', n % 3 = 0, 'since', n % 5)),
  floor(random() * 500)::int,
  random() < 0.4,
  case when n % 11 <> 0 then date '1940-01-01' + floor(random() * 24000)::int end,
  joined, joined
from (
  select n, pg_temp.first_name() as first_name, pg_temp.last_name() as last_name,
    now() - interval '2 years' * random() as joined
  from generate_series(1, $1) n
) person
