/** A load that is captured once and then applied by each contender. `count` transactions unless it says otherwise. */
export interface Workload {
  readonly name: string
  readonly describe: (count: number) => string
  readonly defaultCount: number
  /** DDL and rows that both sides begin with. */
  readonly schema: string
  /** A DO block that commits as it goes. */
  readonly load: (count: number) => string
}

/** Commits after each round of the loop; a block cannot begin with an open snapshot. */
const loop = (count: number, body: string) =>
  `do $$ begin for i in 1..${count} loop ${body} commit; end loop; end $$`

export const workloads: readonly Workload[] = [
  {
    name: 'tpcb',
    describe: (count) => `${count} transactions of pgbench: three updates and an insert`,
    defaultCount: 100_000,
    schema: `
      create table branches (bid int primary key, bbalance int, filler char(88));
      create table tellers (tid int primary key, bid int, tbalance int, filler char(84));
      create table accounts (aid int primary key, bid int, abalance int, filler char(84));
      create table history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
      alter table history replica identity full;
      insert into branches select i, 0, '' from generate_series(1, 10) i;
      insert into tellers select i, i % 10 + 1, 0, '' from generate_series(1, 100) i;
      insert into accounts select i, i % 10 + 1, 0, '' from generate_series(1, 1000000) i`,
    load: (count) =>
      loop(
        count,
        `update accounts set abalance = abalance + i % 100 where aid = 1 + hashint4(i)::bigint % 500000 + 500000;
         update tellers set tbalance = tbalance + i % 100 where tid = 1 + i % 100;
         update branches set bbalance = bbalance + i % 100 where bid = 1 + i % 10;
         insert into history values (1 + i % 100, 1 + i % 10, i, i % 100, clock_timestamp(), '');`,
      ),
  },
  {
    name: 'hot',
    describe: (count) => `${count} updates of 100 rows`,
    defaultCount: 200_000,
    schema: `create table hot (id int primary key, n bigint, at timestamptz, note text);
             insert into hot select i, 0, now(), 'x' from generate_series(1, 100) i`,
    load: (count) => loop(count, 'update hot set n = n + 1, at = clock_timestamp() where id = 1 + i % 100;'),
  },
  {
    name: 'spread',
    describe: (count) => `${count} inserts of one row, over 50 tables`,
    defaultCount: 200_000,
    schema: `do $$ begin for i in 0..49 loop
               execute format('create table spread_%s (id bigint primary key, n int, name text, at timestamptz)', i);
             end loop; end $$`,
    load: (count) =>
      loop(
        count,
        `execute format('insert into spread_%s values (%s, %s, %L, clock_timestamp())', i % 50, i, i % 1000, 'name ' || i);`,
      ),
  },
  {
    name: 'bulk',
    describe: (count) => `${count} transactions of 1,000 inserts`,
    defaultCount: 500,
    schema: 'create table bulk (id bigint primary key, a int, b text, c timestamptz, d numeric)',
    load: (count) =>
      loop(
        count,
        `insert into bulk select i * 1000 + j, j, 'some text ' || j, clock_timestamp(), j / 7.0
           from generate_series(0, 999) j;`,
      ),
  },
  {
    name: 'toast',
    describe: (count) => `${count} updates beside 20 kB of unchanged TOAST`,
    defaultCount: 100_000,
    schema: `create table toasted (id int primary key, n int, big text);
             alter table toasted alter big set storage external;
             insert into toasted select i, 0, repeat(md5(i::text), 625) from generate_series(1, 2000) i`,
    load: (count) => loop(count, 'update toasted set n = n + 1 where id = 1 + i % 2000;'),
  },
  {
    name: 'wide',
    describe: (count) => `${count} updates of rows with 40 columns`,
    defaultCount: 50_000,
    schema: `do $$ begin execute 'create table wide (id int primary key, ' || (select string_agg(
               format('i%1$s int, t%1$s text, at%1$s timestamptz', g), ', ') from generate_series(1, 13) g) || ')';
             execute 'insert into wide select s, ' || (select string_agg(format('s + %1$s, ''text '' || s, now()', g), ', ')
               from generate_series(1, 13) g) || ' from generate_series(1, 50000) s'; end $$`,
    load: (count) => loop(count, 'update wide set i1 = i1 + 1 where id = 1 + i % 50000;'),
  },
]
