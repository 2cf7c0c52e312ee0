/**
 * Tables that hold every type, with values that a copy or a replication might change on the way. All are in the
 * schema `odd`, but for one with an odder name.
 */
import type pg from 'pg'
import { quoteIdent, quoteQualified } from '../../engine/index.ts'
import {
  builtInSamples,
  extensionSamples,
  madeSamples,
  modifiedSamples,
  type TypeSamples,
} from './odd-samples.ts'

const oddSchema = 'Odd "schema".ü'
const longName = 'ü'.repeat(30) + '123'

const typesSql = `
  create schema odd;
  create schema ${quoteIdent(oddSchema)};
  create type odd.mood as enum ('', ' ', 'it''s', '"', '\\', ',', '{}', 'NULL', '(a,b)', 'ünï');
  create type odd.pair as (a int, "b b" text);
  create type odd.nest as (pair odd.pair, pairs odd.pair[]);
  create domain odd.positive as int check (value > 0);
  create domain odd.tags as text[];
  create type odd.pair_of_tags as (n odd.positive, tags odd.tags);
  create type odd.span as range (subtype = float8);
  create type odd.words as range (subtype = text);`

/** Names that need care, a key of several columns in another order, columns that only look computed. */
const namedTablesSql = `
  create table odd."Quo""ted. Täble" (
    "select" int, "a ""b"".c" text, "${longName}" text, "tab\there" text, "back\\slash" text, "new\nline" text,
    " " int, "'" int, "UPPER" int, upper int, "%s $1" text,
    primary key (" ", "select")
  );
  create table ${quoteQualified(oddSchema, longName)} ("${longName}" int primary key, "," text);`

/** Types without equality among them; rows are found by all of their columns. */
const keylessTablesSql = `
  create table odd.keyless (j json, x xml, p point, b box, t text, n numeric, f float8, m money, ja json[], o odd.nest);
  alter table odd.keyless replica identity full;`

interface OddTable extends TypeSamples {
  readonly name: string
}

/** Tables with their values beside a key of their own. */
function valueTables(extensions: readonly string[]): readonly OddTable[] {
  return [
    ...Object.entries(builtInSamples).map(([name, samples]) => ({
      ...samples,
      name,
      type: `pg_catalog.${quoteIdent(name)}`,
    })),
    ...[...modifiedSamples, ...madeSamples].map((samples) => ({ ...samples, name: `of ${samples.type}` })),
    ...extensions
      .flatMap((name) => extensionSamples[name] ?? [])
      .map((samples) => ({ ...samples, name: `of ${samples.type}` })),
  ]
}

/** Built-in types that a unique index can be over, with the values that fit into one. */
const keyTypes = `
  bit bool bpchar bytea char cidr date float4 float8 inet int2 int4 int8 interval jsonb macaddr macaddr8 money name
  numeric oid oidvector pg_lsn text time timestamp timestamptz timetz tsquery tsvector uuid varbit varchar xid8
  int4range numrange daterange tstzrange int4multirange nummultirange`
  .trim()
  .split(/\s+/)

const longestKey = 500

/** Tables whose key is the value. */
const keyTables: readonly OddTable[] = [
  ...keyTypes.map((name) => ({
    name: `key ${name}`,
    type: `pg_catalog.${quoteIdent(name)}`,
    values: (builtInSamples[name]?.values ?? []).filter((value) => value.length <= longestKey),
  })),
  ...madeSamples.map((samples) => ({ ...samples, name: `key ${samples.type}` })),
]

async function readExtensions(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    'select name from pg_catalog.pg_available_extensions where name = any ($1) order by name',
    [Object.keys(extensionSamples)],
  )
  return rows.map(({ name }) => name)
}

/** Makes types and tables, all empty. */
export async function createOddTables(client: pg.Client): Promise<void> {
  const extensions = await readExtensions(client)
  const tables = valueTables(extensions).map(
    ({ name, type, noArray }) =>
      `create table odd.${quoteIdent(name)} (id int primary key, value ${type}, list ${noArray ? 'int' : `${type}[]`}, note text);`,
  )
  const keyed = keyTables.map(
    ({ name, type }) => `create table odd.${quoteIdent(name)} (value ${type} primary key, note text);`,
  )
  await client.query(
    [
      ...extensions.map((name) => `create extension if not exists ${name} with schema public;`),
      typesSql,
      ...tables,
      ...keyed,
      namedTablesSql,
      keylessTablesSql,
    ].join('\n'),
  )
}

/** Makes the tables and fills them. */
export async function createOddValues(client: pg.Client): Promise<void> {
  await createOddTables(client)
  await insertOddValues(client, 0)
}

const idsPerRound = 1_000

/** Inserts all values; with another `round` (0, 1, 2 …) all of them once more, but for those that are keys. */
export async function insertOddValues(client: pg.Client, round: number): Promise<void> {
  for (const table of valueTables(await readExtensions(client))) await insertSamples(client, table, round)
  for (const { name, type, values } of keyTables) {
    await client.query(
      `insert into odd.${quoteIdent(name)} select v::${type}, $2 from unnest($1::text[]) v on conflict do nothing`,
      [values, `round ${round}`],
    )
  }
  await insertNamed(client, round)
  await insertKeyless(client)
}

/** Row by row, so that the server reads every value by its type's own input function. */
async function insertSamples(
  client: pg.Client,
  { name, type, values, noArray }: OddTable,
  round: number,
): Promise<void> {
  const list = `case $1 % 5
      when 0 then '{}'
      when 1 then array[v, null, v]
      when 2 then array[array[v, null], array[null, v]]
      when 3 then pg_catalog.array_fill(v, array[2], array[-3])
    end`
  const sql = `insert into odd.${quoteIdent(name)} (id, value, list, note)
               select $1, v, ${noArray ? '$1' : list}, 'as it was' from (select $2::${type} as v) s`
  for (const [index, value] of [null, ...values].entries()) {
    await client.query(sql, [round * idsPerRound + index, value])
  }
}

async function insertNamed(client: pg.Client, round: number): Promise<void> {
  await client.query(
    `insert into odd."Quo""ted. Täble" select i, 'a', 'b', null, 'd', 'e', $1, 2, 3, 4, '' from generate_series(1, 3) i`,
    [round],
  )
  await client.query(`insert into ${quoteQualified(oddSchema, longName)} values ($1, ',')`, [round])
}

/** Rows that are the same, or differ only where there is no equality or where it takes different things as equal. */
async function insertKeyless(client: pg.Client): Promise<void> {
  await client.query(String.raw`
    insert into odd.keyless values
      ('{"a":1}', '<a/>', '(0,0)', '(1,1),(0,0)', 'x', 1.0, 0, 1, '{"{}"}', '("(1,x)",{})'),
      ('{"a":1}', '<a/>', '(0,0)', '(1,1),(0,0)', 'x', 1.0, 0, 1, '{"{}"}', '("(1,x)",{})'),
      ('{"a": 1}', '<a/>', '(0,0)', '(1,1),(0,0)', 'x', 1.0, 0, 1, '{"{}"}', '("(1,x)",{})'),
      ('{"a":1}', '<a />', '(0,-0)', '(1,1),(0,0)', 'x', 1.0, 0, 1, '{"{}"}', '("(1,x)",{})'),
      ('{"a":1}', '<a/>', '(0,0)', '(1,1),(0,0)', 'x', 1.00, 0, 1, '{"{}"}', '("(1,x)",{})'),
      ('{"a":1}', '<a/>', '(0,0)', '(1,1),(0,0)', 'x', 1.0, -0::float8, 1, '{"{ }"}', '("(1,x)",{})'),
      (null, null, null, null, null, null, null, null, null, null),
      (null, '', '(NaN,NaN)', null, '', 'NaN', 'NaN', '-0.01', '{NULL}', null)`)
}

/** Changes rows of all tables: values, lists, only what is beside a long value, keys; and deletes some. */
export async function updateOddValues(client: pg.Client): Promise<void> {
  for (const { name } of valueTables(await readExtensions(client))) {
    const table = `odd.${quoteIdent(name)}`
    await client.query(
      `update ${table} t set value = n.value, list = n.list from ${table} n where n.id = t.id - 1 and t.id % 2 = 0`,
    )
    await client.query(`update ${table} set note = 'only this' where id % 2 = 1`)
    await client.query(`update ${table} set id = id + 500000 where id % 4 = 3`)
    await client.query(`delete from ${table} where id % 7 = 5`)
  }
  for (const { name } of keyTables) {
    const table = `odd.${quoteIdent(name)}`
    await client.query(
      `update ${table} set note = 'only this' where ctid in (select ctid from ${table} order by value limit 3)`,
    )
    await client.query(
      `delete from ${table} where ctid in (select ctid from ${table} order by value desc limit 2)`,
    )
  }
  await client.query(
    `update odd."Quo""ted. Täble" set "select" = "select" + 10, "new\nline" = 'changed' where "select" = 2`,
  )
  await client.query(`delete from odd."Quo""ted. Täble" where "select" = 3`)
  await client.query(`update ${quoteQualified(oddSchema, longName)} set "," = '"'`)
  await updateKeyless(client)
}

/** One row each time, of several that are the same or nearly so. */
async function updateKeyless(client: pg.Client): Promise<void> {
  const oneOf = (condition: string) =>
    `ctid = (select ctid from odd.keyless where ${condition} order by ctid limit 1)`
  await client.query(`update odd.keyless set t = 'changed' where ${oneOf(`j::text = '{"a":1}' and t = 'x'`)}`)
  await client.query(`update odd.keyless set n = 2 where ${oneOf(`j::text = '{"a": 1}'`)}`)
  await client.query(`delete from odd.keyless where ${oneOf(`n::text = '1.00'`)}`)
  await client.query(`delete from odd.keyless where ${oneOf('t is null')}`)
  await client.query(`update odd.keyless set j = '[ ]' where ${oneOf(`n = 'NaN'`)}`)
}
