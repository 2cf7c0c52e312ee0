import type { RenameRule } from '../../engine/selection/index.ts'

/** What a migration calls otherwise on the target, said twice: by the rules, and by the SQL that does the same. */
export interface Renaming {
  readonly renames: readonly RenameRule[]
  /** Renames, on a target that has the names of the source. */
  readonly sql: string
  /** Of tables that have another name on the target, both quoted. */
  readonly namesOnTarget: ReadonlyMap<string, string>
}

export const sameNames: Renaming = { renames: [], sql: 'select', namesOnTarget: new Map() }

/** Tables of the same columns wherever a mistake could take one for another, with sequences and materialized views. */
export const namedObjectsSql = `
  create schema app;
  create table app.orders (id serial primary key, note text);
  create table app.log (note text);
  alter table app.log replica identity full;
  create table app.events (id int, note text, primary key (id)) partition by range (id);
  create table app.events_low partition of app.events for values from (0) to (100);
  create table app.events_high partition of app.events for values from (100) to (200);
  create table a (id int primary key, note text);
  create table b (id int primary key, note text);
  create table letters (id serial primary key, note text);
  create table "Odd ""T"".able" (id int primary key, note text);
  create table stays (id int primary key, note text);
  create sequence app.numbers;
  create materialized view app.totals as select count(*)::int as n from app.orders with no data;
  create materialized view notes_of_a as select note from a with no data;`

/** A schema, two tables that swap their names, one that moves, one with a name that needs quotes, and a partition. */
export const allSorts: Renaming = {
  renames: [
    { schema: 'app', toSchema: 'Shop "x".y' },
    { schema: 'app', table: 'events_low', toSchema: 'archive', toTable: 'events' },
    { schema: 'public', table: 'a', toTable: 'b' },
    { schema: 'public', table: 'b', toTable: 'a' },
    { schema: 'public', table: 'letters', toSchema: 'archive' },
    { schema: 'public', table: 'Odd "T".able', toTable: 'New "N".ame' },
  ],
  sql: `
    create schema archive;
    alter table app.events_low set schema archive;
    alter table archive.events_low rename to events;
    alter schema app rename to "Shop ""x"".y";
    alter table a rename to c;
    alter table b rename to a;
    alter table c rename to b;
    alter table letters set schema archive;
    alter table "Odd ""T"".able" rename to "New ""N"".ame"`,
  namesOnTarget: new Map([
    ['"app"."orders"', '"Shop ""x"".y"."orders"'],
    ['"app"."log"', '"Shop ""x"".y"."log"'],
    ['"app"."events"', '"Shop ""x"".y"."events"'],
    ['"app"."events_low"', '"archive"."events"'],
    ['"app"."events_high"', '"Shop ""x"".y"."events_high"'],
    ['"public"."a"', '"public"."b"'],
    ['"public"."b"', '"public"."a"'],
    ['"public"."letters"', '"archive"."letters"'],
    ['"public"."Odd ""T"".able"', '"public"."New ""N"".ame"'],
  ]),
}

/** Rows that tell by their text of which table they are, also where numbers are the same. */
export const namedRowsSql = `
  insert into app.orders (note) select 'order ' || i from generate_series(1, 50) i;
  insert into app.log select 'line ' || i % 3 from generate_series(1, 30) i;
  insert into app.events select i, 'event ' || i from generate_series(0, 199) i;
  insert into a select i, 'a ' || i from generate_series(1, 20) i;
  insert into b select i, 'b ' || i from generate_series(1, 20) i;
  insert into letters (note) select 'letter ' || i from generate_series(1, 10) i;
  insert into "Odd ""T"".able" select i, 'odd ' || i from generate_series(1, 5) i;
  insert into stays select i, 'stays ' || i from generate_series(1, 3) i;`
