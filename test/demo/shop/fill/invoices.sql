insert into "Back Office"."Invoices" ("Order.Id", "Lines", "Due")
select 1 + n, array[array['Qty', 'Wht'], array[n::text, 'a, "b" \ {c}']], case when n % 90 = 0 then 'infinity' else current_date + n % 60 end
from generate_series(1, $1) n
