insert into shop.truck_bookings (truck, during, driver)
select
  n % 40,
  tstzrange(date_trunc('day', now()) - interval '4 hours' * (n / 40 + 1), date_trunc('day', now()) - interval '4 hours' * (n / 40)),
  pg_temp.first_name()
from generate_series(1, $1) n
