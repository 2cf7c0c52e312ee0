/** Something of everything that can be in a database, for a source of PostgreSQL 15. */
export const richSchema = String.raw`
create schema shop;
create schema "Zürich ""old"".x; y";
create schema common;
comment on schema shop is 'it''s a shop; really';
create extension hstore with schema common;
create extension pg_trgm with schema public;
comment on extension pg_trgm is 'our trigrams';

-- Types
create domain shop.email as text check (value ~ '^[^@]+@[^@]+$') check (length(value) < 100);
create domain shop.amount as numeric(12, 2) default 0 not null;
create type shop.state as enum ('new', 'it''s paid', 'ge"liefert', 'weg; -- gone');
create type shop.address as (street text, "Nr." int, tags text[], kind shop.state);
create type shop.float_range as range (subtype = float8, subtype_diff = float8mi);
create type common.shell;
comment on type shop.address is E'two\nlines\n--\n-- TOC entry 1 (class 1 OID 1)\n-- Name: a; Type: TABLE; Schema: public; Owner: -\n--\n';

-- Functions with bodies that could be taken for something else
create function shop.nasty(a text default 'x;', b int default 3, variadic c text[] default '{}') returns text
language plpgsql as $_$
declare s text := $x$--
-- TOC entry 4711 (class 1255 OID 16410)
-- Name: f(); Type: FUNCTION; Schema: public; Owner: -
--

DROP TABLE everything;
$x$;
begin
  /* ' " $$ ; /* nested */
  \restrict AbC
  */
--
-- TOC entry 4712 (class 1255 OID 16410)
-- Name: g(); Type: FUNCTION; Schema: public; Owner: -
--
SET default_table_access_method = nothing;
  return s || $$ ' $$ || E'\'' || 'a\';
end
$_$;
create function shop.atomic(a int) returns int language sql immutable
  begin atomic select a + 1; select a + 2; end;
create function shop.lines() returns setof shop.address language sql as 'select null::shop.address';
create function shop.table_function(out a int, out b text) returns setof record language sql
  rows 10 cost 5 security definer set work_mem = '1MB' as $$ select 1, 'x' $$;
create procedure shop.do_it(inout a int) language plpgsql as $$ begin a := 1; end $$;
create function shop."Größe; Type: VIEW; Schema: x; Owner: -"(int) returns int language sql immutable as 'select $1';
comment on function shop.atomic(int) is 'a comment; with "quotes"';
create function common.concat_step(text, text) returns text language sql immutable as $$ select $1 || $2 $$;
create aggregate common.concat_all(text) (sfunc = common.concat_step, stype = text, initcond = '');
create function common.same(shop.address, shop.address) returns boolean language sql immutable
  as $$ select $1::text = $2::text $$;
create operator common.=== (leftarg = shop.address, rightarg = shop.address, function = common.same,
  commutator = operator(common.===));
create operator class common.abs_ops for type int using btree as
  operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 btint4cmp(int, int);
create function common.to_text(shop.address) returns text language sql immutable as $$ select ($1).street $$;
create cast (shop.address as text) with function common.to_text(shop.address) as assignment;
create collation common.german (provider = icu, locale = 'de-u-kn-true', deterministic = false);
create text search dictionary common.dict (template = simple, stopwords = 'english');
create text search configuration common.conf (copy = pg_catalog.english);
alter text search configuration common.conf alter mapping for asciiword with common.dict;
create conversion common.conv for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;

-- Tables
create sequence shop.numbers as smallint increment by 5 minvalue 5 maxvalue 1000 start 10 cache 3 cycle;
create table shop.customers (
  id bigint generated always as identity (start with 100 increment by 2) primary key,
  mail shop.email not null unique,
  "Näme" varchar(20) collate common.german default 'O''Neil',
  home shop.address,
  balance shop.amount,
  score double precision check (score >= 0),
  upper_mail text generated always as (upper(mail)) stored,
  tags common.hstore,
  constraint "two; checks" check (score < 1000) not valid
);
create table shop.orders (
  id serial,
  number int default nextval('shop.numbers') not null,
  customer_id bigint,
  during tstzrange,
  room int,
  state shop.state default 'new',
  payload jsonb,
  scan xml,
  primary key (id) include (number),
  unique nulls not distinct (number, state) deferrable initially deferred,
  exclude using gist (during with &&) where (room is not null)
);
alter table shop.orders alter payload set storage external, alter payload set statistics 500,
  alter number set (n_distinct = 5), alter payload set compression pglz;
alter table shop.orders set (fillfactor = 70, autovacuum_enabled = false);
create table shop.notes (note text);
alter table shop.notes replica identity full;
create unlogged table shop.scratch (a int);
create table shop.no_columns ();
create table "Zürich ""old"".x; y"."Tab; Type: TABLE; Schema: public; Owner: -" ("a "" b" int primary key, "select" text);
create table "Zürich ""old"".x; y"."line
break -- $$ ' ;" (id int primary key, "new
line" int references "Zürich ""old"".x; y"."Tab; Type: TABLE; Schema: public; Owner: -");
comment on column "Zürich ""old"".x; y"."line
break -- $$ ' ;"."new
line" is 'co''mment';
create table shop.by_index (a int not null, b int not null);
create unique index by_index_key on shop.by_index (b, a);
alter table shop.by_index replica identity using index by_index_key;
create index by_index_other on shop.by_index (a);
alter table shop.by_index cluster on by_index_other;

-- Partitions and inheritance
create table shop.events (id bigint, at date not null, kind text, primary key (id, at, kind)) partition by range (at);
create table shop.events_2020 partition of shop.events for values from ('2020-01-01') to ('2021-01-01')
  partition by list (kind);
create table shop.events_2020_a partition of shop.events_2020 for values in ('a', 'b''c');
create table common.events_2020_rest partition of shop.events_2020 default;
create table shop.events_rest (kind text not null, id bigint not null, at date not null);
alter table shop.events attach partition shop.events_rest default;
create index events_kind on shop.events (kind, lower(kind));
create table shop.hashed (a int) partition by hash (a);
create table shop.hashed_0 partition of shop.hashed for values with (modulus 2, remainder 0);
create table shop.hashed_1 partition of shop.hashed for values with (modulus 2, remainder 1);
create table shop.parent (a int not null, b text default 'p', check (a > 0));
create table shop.child (c int, b text default 'c') inherits (shop.parent);

-- Foreign keys, in a circle too
alter table shop.orders add constraint orders_customer foreign key (customer_id) references shop.customers
  on update cascade on delete set null deferrable;
alter table shop.customers add last_order int references shop.orders (id);
alter table shop.events add order_id int references shop.orders (id);
alter table shop.orders add constraint unchecked foreign key (room) references shop.orders (id) not valid;
create table shop.event_notes (event_id bigint, at date, kind text, foreign key (event_id, at, kind) references shop.events);

-- Indexes
create index orders_partial on shop.orders (room desc nulls last) where state = 'new';
create index orders_expression on shop.orders ((payload ->> 'a;b'), lower(scan::text)) include (room);
create index orders_payload on shop.orders using gin (payload jsonb_path_ops);
create index customers_trgm on shop.customers using gin ("Näme" public.gin_trgm_ops);
alter index shop.orders_expression alter column 1 set statistics 300;
create index "index; Type: INDEX" on shop.notes (note collate "C" text_pattern_ops) with (fillfactor = 50);
comment on index shop."index; Type: INDEX" is 'hm';
create statistics shop.order_stats (dependencies, mcv) on room, state from shop.orders;
alter statistics shop.order_stats set statistics 400;

-- Views
create view shop.open_orders as select o.*, c.mail from shop.orders o join shop.customers c on c.id = o.customer_id
  where o.state = 'new';
create view shop.rooms as select id, room from shop.orders where room > 0 with local check option;
create view shop.mails with (security_barrier = true) as select distinct mail from shop.open_orders;
create materialized view shop.totals as select state, count(*) as orders from shop.orders group by state;
create unique index totals_state on shop.totals (state);
create materialized view shop.by_key as select id, number, during from shop.orders group by id;
create index by_key_during on shop.by_key using gist (during);
create view shop.circle_a as select 1 as x;
create view shop.circle_b as select * from shop.circle_a;
create or replace view shop.circle_a as select x from shop.circle_b;
create view shop.keyed as select id, mail from shop.customers group by id;
create function shop.from_view(shop.open_orders) returns int language sql as 'select $1.id';
comment on view shop.mails is 'mails';
comment on materialized view shop.totals is 'totals';

-- Rules, triggers, policies
create rule no_delete as on delete to shop.notes do instead nothing;
create rule log_insert as on insert to shop.open_orders do also insert into shop.notes values ('x; y');
create function shop.touch() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger "touch; me" before insert or update of state on shop.orders
  for each row when (new.room > 0) execute function shop.touch('a', 'b''c');
create trigger after_all after insert on shop.orders referencing new table as added
  for each statement execute function shop.touch();
alter table shop.orders disable trigger after_all;
create constraint trigger late after insert on shop.notes deferrable initially deferred
  for each row execute function shop.touch();
create trigger on_events after insert on shop.events for each row execute function shop.touch();
comment on trigger on_events on shop.events is 'a trigger';
create trigger instead instead of insert on shop.mails for each row execute function shop.touch();
create function common.on_ddl() returns event_trigger language plpgsql as $$ begin perform 1; end $$;
create event trigger watch on ddl_command_end when tag in ('CREATE TABLE') execute function common.on_ddl();
comment on event trigger watch is 'watches';
alter table shop.customers enable row level security, force row level security;
create policy own on shop.customers as restrictive for select to public using (mail = current_user);
create policy all_notes on shop.notes with check (note <> ';');
comment on constraint orders_customer on shop.orders is 'fk';
comment on constraint "two; checks" on shop.customers is 'check';

-- Foreign data
create foreign data wrapper fdw options (a 'b');
create server "far; away" type 't' version '1' foreign data wrapper fdw options (host 'h''h');
create user mapping for public server "far; away" options (password 'se''cret');
create foreign table shop.remote (a int options (x 'y'), b text) server "far; away" options (t 'u');
`

/** What only 18 knows, on top of the rich schema. */
export const newestSchema = String.raw`
create extension btree_gist;
create table shop.virtual (a int, b int generated always as (a * 2) virtual, c int constraint "c; set" not null);
alter table shop.virtual add constraint later not null a not valid;
create table shop.rooms_taken (room int, during tstzrange, primary key (room, during without overlaps));
create table shop.guests (
  room int, during tstzrange,
  foreign key (room, period during) references shop.rooms_taken (room, period during),
  check (room > 0) not enforced
);
create table shop.rooms_wanted (room int references shop.orders (id) not enforced);
create view shop.invoker with (security_invoker = true) as select * from shop.virtual;
`
