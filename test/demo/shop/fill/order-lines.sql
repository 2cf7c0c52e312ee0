-- One to four lines an order; some products sell far better than others.
insert into shop.order_lines (order_id, line, product_id, quantity, unit_price, gift_message)
select
  order_id, line, product.id, quantity, product.price,
  case when (order_id + line) % 20 = 0 then 'Für dich, ' || pg_temp.first_name() || ' 🎁' end
from (
  select order_id, line, 1 + floor(power(random(), 2) * $2::int)::int as product_id, 1 + floor(random() * 3)::int as quantity
  from generate_series(1, $1) order_id, generate_series(1, 1 + order_id % 4) line
) chosen
join shop.products product on product.id = chosen.product_id
order by order_id, line
