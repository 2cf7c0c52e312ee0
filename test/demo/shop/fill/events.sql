insert into shop.events (happened_at, customer_id, kind, session, ip, properties)
select
  case when n % 400 = 0 then now() - interval '3 years' else now() - interval '700 days' * (1 - n / $1::float8) end,
  case when n % 4 <> 0 then 1 + floor(random() * $2::int)::bigint end,
  kind,
  md5('session' || n / 12)::uuid,
  inet '192.0.2.0' + floor(random() * 256)::bigint,
  jsonb_build_object('page', '/' || kind || '/' || n % 5000, 'ms', floor(random() * 900), 'agent',
    pg_temp.pick('{Firefox 131,Safari 18.1,Chrome 130,"Our App 7.2"}'), 'referrer', case when n % 3 = 0 then 'newsletter' end)
from (select n, pg_temp.pick('{view,search,cart,checkout,login}') as kind from generate_series(1, $1) n) visit
