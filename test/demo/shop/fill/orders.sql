-- Spread over two years in the order of their numbers, older ones delivered.
insert into shop.orders (customer_id, status, ship_to, net, vat_rate, note, placed_at, updated_at)
select
  customer_id,
  case
    when age < interval '1 day' then 'placed'
    when age < interval '3 days' then 'paid'
    when age < interval '6 days' then 'shipped'
    when order_id % 25 = 0 then 'returned'
    else 'delivered'
  end::shop.order_status,
  ship_to, net, shop.vat_rate((ship_to).country),
  case when order_id % 12 = 0 then pg_temp.words(12) end,
  now() - age, now() - age + interval '5 hours' * random()
from (
  select
    order_id, sum(amount) as net, pg_temp.address() as ship_to,
    1 + floor(random() * $2::int)::bigint as customer_id,
    interval '2 years' * (1 - (order_id - random()) / $1) as age
  from shop.order_lines group by order_id order by order_id
) numbered
