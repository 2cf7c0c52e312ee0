insert into shop.products
  (category_id, sku, title, description, photo, price, weight_kg, size_cm, tags, attributes, sold_during, stock)
select
  1 + n % 60,
  'SKU-' || lpad(n::text, 7, '0'),
  initcap(pg_temp.words(3)),
  pg_temp.words(400 + n % 100),
  -- About 6 kB that no compression makes smaller.
  (select string_agg(sha512((n * 1000 + part)::text::bytea), '') from generate_series(1, 90 + n % 10) part),
  round((1 + random() * random() * 400)::numeric, 2),
  (random() * 20)::real,
  array[round((random() * 200)::numeric, 1), round((random() * 90)::numeric, 1), null],
  case when n % 9 <> 0 then array['new', 'it''s "quoted"', 'comma, backslash \', ''] end,
  jsonb_build_object('colour', pg_temp.pick('{red,blue,öko,白}'), 'ean', 4000000000000 + n, 'ratings', '[5, 4.50, 1e2]'::jsonb),
  datemultirange(daterange(current_date - 700 + n % 300, current_date - 100), daterange(current_date - 30, null)),
  1000 + n % 1000
from generate_series(1, $1) n
