-- Keys first, then everything that leans on them.

alter table shop.categories add primary key (id);
alter table shop.customers add primary key (id), add unique (email);
alter table shop.products add primary key (id), add unique (sku);
alter table shop.orders add primary key (id);
alter table shop.order_lines add primary key (order_id, line);
alter table shop.payments add primary key (id);
alter table shop.events add primary key (id, happened_at);
alter table shop.daily_picks add primary key (position);
alter table shop.truck_bookings add primary key (id);
alter table shop.audit_log add primary key (id);
alter table "Back Office"."Gift Cards" add primary key ("Code №");
-- Identified by a unique index that is not a primary key.
alter table "Back Office"."Invoices" add constraint "one number, one invoice" unique ("Number");
alter table "Back Office"."Invoices" replica identity using index "one number, one invoice";

-- One truck, one tour at a time.
alter table shop.truck_bookings add constraint one_tour_at_a_time
  exclude using gist (int4range(truck, truck, '[]') with =, during with &&);

create index on shop.orders (customer_id);
create index orders_to_pack on shop.orders (placed_at) where status in ('placed', 'paid');
create index on shop.payments (order_id);
create index on shop.products using gin (search);
create index on shop.customers (lower(full_name));
create index on shop.events (customer_id, happened_at);
create statistics shop.order_line_products on product_id, unit_price from shop.order_lines;

alter table shop.categories add foreign key (parent_id) references shop.categories;
alter table shop.products add foreign key (category_id) references shop.categories;
alter table shop.orders add foreign key (customer_id) references shop.customers;
alter table shop.order_lines add foreign key (order_id) references shop.orders on delete cascade;
alter table shop.order_lines add foreign key (product_id) references shop.products;
alter table shop.payments add foreign key (order_id) references shop.orders on delete cascade
  deferrable initially deferred;
alter table shop.daily_picks add foreign key (product_id) references shop.products;

create function shop.touch_updated_at() returns trigger language plpgsql as $$
begin
  new.updated_at := clock_timestamp();
  return new;
end
$$;

create function shop.write_audit() returns trigger language plpgsql as $$
begin
  insert into shop.audit_log (table_name, operation, row_key, before, after)
  values (
    tg_table_name, tg_op, coalesce(new.id, old.id)::text,
    case when tg_op <> 'INSERT' then jsonb_build_object('status', old.status) end,
    case when tg_op <> 'DELETE' then jsonb_build_object('status', new.status) end
  );
  return null;
end
$$;

-- Fired on the target again, they would change what they had changed on the source already.
create trigger touch before update on shop.customers for each row execute function shop.touch_updated_at();
create trigger touch before update on shop.orders for each row execute function shop.touch_updated_at();
create trigger audit after insert or update of status or delete on shop.orders
  for each row execute function shop.write_audit();

create function shop.order_total(bigint) returns numeric
language sql stable parallel safe as $$
  select sum(amount) from shop.order_lines where order_id = $1
$$;

create procedure shop.forget_searches(older_than interval) language sql as $$
  delete from shop.search_log where at < now() - older_than
$$;

create view shop.order_overview as
  select o.id, c.full_name, (o.ship_to).city, o.status, o.gross, shop.order_total(o.id) as lines_total
  from shop.orders o join shop.customers c on c.id = o.customer_id;

create materialized view shop.monthly_revenue as
  select date_trunc('month', placed_at) as month, count(*) as orders, sum(gross) as revenue
  from shop.orders where status <> 'returned' group by 1;
create unique index on shop.monthly_revenue (month);

comment on column shop.orders.gross is 'What the customer pays: net and value added tax';
comment on table "Back Office"."Gift Cards" is 'Don''t "lose" these; they''re money';

analyze;
