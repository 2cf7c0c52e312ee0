insert into shop.payments (id, order_id, method, amount, receipt, paid_at)
select
  md5('payment' || id)::uuid, id, pg_temp.pick('{card,bank transfer,invoice,gift card}')::shop.payment_method, gross,
  -- json, not jsonb: keeps its spaces, its order and its double keys.
  case when id % 3 = 0 then '{"reference" : "' || md5(id::text) || '", "fee":0.350, "fee" : 1E1}' end::json,
  placed_at + interval '3 hours' * random()
from shop.orders where status <> 'placed'
