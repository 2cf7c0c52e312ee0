import { expect, test } from 'vitest'
import { createReplica, type Replica } from './replica.ts'

/** Types with values at their edges and beyond what other programs can hold. All as text constants. */
const valuesOfType: Readonly<Record<string, readonly string[]>> = {
  smallint: ['-32768', '32767', '0'],
  integer: ['-2147483648', '2147483647'],
  bigint: ['-9223372036854775808', '9223372036854775807'],
  numeric: [
    'NaN',
    'Infinity',
    '-Infinity',
    '0.000',
    '-0.10',
    '123456789012345678901234567890.123456789',
    '1e-16383',
  ],
  'numeric(10,3)': ['1.5', '-9999999.999'],
  real: ['NaN', 'Infinity', '-Infinity', '-0', '1e-45', '3.4028235e38', '0.1'],
  'double precision': ['NaN', 'Infinity', '-0', '5e-324', '1.7976931348623157e308', '0.1', '2.5e15'],
  money: ['-92233720368547758.08', '92233720368547758.07', '0.01'],
  text: [
    '',
    'NULL',
    'null',
    '\\',
    '\\N',
    '"',
    "'",
    '{}',
    ',',
    'a\tb\nc\rd',
    ' ',
    'é ß 漢字 😀 \u{10FFFF}',
    '\u0001',
  ],
  'varchar(10)': ['', 'ten chars!', 'é漢😀'],
  'char(5)': ['', 'a', 'a b  ', 'abcde'],
  '"char"': ['a', ' ', ''],
  name: ['', 'Some "Name"', 'a.b'],
  bytea: ['\\x', '\\x00ff7f80', '\\xdeadbeef', '\\x5c'],
  boolean: ['true', 'false'],
  date: ['infinity', '-infinity', '4713-01-01 BC', '5874897-12-31', '10000-01-01', '2024-02-29'],
  time: ['00:00:00', '24:00:00', '23:59:59.999999'],
  'time with time zone': ['00:00:00+15:59', '23:59:59.999999-15:59:59'],
  timestamp: [
    'infinity',
    '-infinity',
    '4713-01-01 00:00:00 BC',
    '294276-12-31 23:59:59.999999',
    '2024-01-01 00:00:00.000001',
  ],
  timestamptz: [
    'infinity',
    '-infinity',
    '4713-01-02 00:00:00+00 BC',
    '294276-12-31 23:59:59.999999+00',
    '0001-01-01 00:00:00+00',
  ],
  'timestamp(3)': ['2024-01-01 00:00:00.123'],
  interval: [
    '178000000 years',
    '-178000000 years',
    '1 mon -1 day +00:00:00.000001',
    '-1:00:00',
    'PT0S',
    '1 year 2 mons -3 days -04:05:06.7',
  ],
  'interval day to second(2)': ['3 days 04:05:06.78'],
  'bit(5)': ['10101', '00000'],
  'bit varying': ['', '1', '101010101010101010101010101010101010101'],
  'varbit(8)': ['10101010'],
  uuid: ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  json: [
    '{"a":1,"a":2}',
    ' [1,  2 ] ',
    '123456789012345678901234567890.10',
    '"\\u0000"',
    'null',
    '{"b":1e400}',
  ],
  jsonb: [
    '{"a":1,"a":2}',
    '123456789012345678901234567890.10',
    '"é😀"',
    'null',
    '[]',
    '{"k":[1,{"x":null}]}',
  ],
  jsonpath: ['$."a"[*] ? (@ > 3)', 'strict $'],
  xml: ['', 'text', '<a b="1">c<d/></a>', '<?xml version="1.0"?><a/>', '<a>\\ " \' {}</a>', '<a/><b/>'],
  inet: ['0.0.0.0/0', '::1', '2001:db8::ff00:42:8329/64', '192.168.1.5/24'],
  cidr: ['0.0.0.0/0', '2001:db8::/32'],
  macaddr: ['08:00:2b:01:02:03'],
  macaddr8: ['08:00:2b:01:02:03:04:05'],
  point: ['(1.5,-2)', '(NaN,Infinity)'],
  line: ['{1,-1,0}'],
  lseg: ['[(0,0),(1,1)]'],
  box: ['(1,1),(0,0)'],
  path: ['[(0,0),(1,1)]', '((0,0),(1,1),(2,0))'],
  polygon: ['((0,0),(1,1),(2,0))'],
  circle: ['<(0,0),5>'],
  tsvector: ["'a':1A 'b c':2,3", ''],
  tsquery: ["'a' & !'b' <-> 'c':*AB"],
  int4range: ['empty', '(,)', '[1,5)', '[2147483646,)'],
  numrange: ['[0.5,1.50]', '(,NaN)'],
  tstzrange: ['["2024-01-01 00:00:00+00",infinity)'],
  daterange: ['[2024-01-01,2024-02-01)'],
  int8multirange: ['{}', '{[1,3),[5,9)}'],
  datemultirange: ['{[2024-01-01,2024-02-01),[2024-03-01,)}'],
  'integer[]': ['{}', '{1,NULL,3}', '{{1,2},{3,4}}', '[2:3]={7,8}'],
  'text[]': ['{}', '{"",NULL,"NULL","a\\"b","c\\\\d","e,f","{g}"," h "}', '{{a},{b}}'],
  'timestamptz[]': ['{"2024-01-01 00:00:00.000001+00",infinity}'],
  'bytea[]': ['{"\\\\x00ff",NULL}'],
  'box[]': ['{(1,1),(0,0);(3,3),(2,2)}'],
  'jsonb[]': ['{"{\\"a\\": [1, \\"x,y\\"]}"}'],
  oid: ['0', '4294967295'],
  xid: ['4294967295'],
  xid8: ['18446744073709551615'],
  pg_lsn: ['0/0', 'FFFFFFFF/FFFFFFFF'],
  pg_snapshot: ['10:20:10,14,15'],
  regclass: ['pg_class', '-'],
  regtype: ['integer', '-'],
  regproc: ['now', '-'],
  oidvector: ['', '1 2 3'],
  int2vector: ['', '1 -2 3'],
  refcursor: ['some cursor'],
  mood: ['sad', 'very "happy", so', ''],
  'mood[]': ['{sad,NULL,"very \\"happy\\", so"}'],
  'other."Odd Type"': ['(,)', '(1,"a ""b"", (c)")', '(2,)'],
  'other."Odd Type"[]': ['{"(1,\\"x y\\")",NULL,"(,)"}'],
  short_code: ['abc', 'A\\"z'],
  'short_code[]': ['{abc,"A\\\\\\"z"}'],
  positive: ['1', '2147483647'],
  named: ['{"(abc,{1})"}', '{}'],
  float_range: ['[1.5,2.5)', 'empty'],
  float_multirange: ['{[1.5,2.5),[3,4)}'],
}

const types = `
  create schema other;
  create type mood as enum ('sad', 'very "happy", so', '');
  create type other."Odd Type" as (n int, "a text" text);
  create domain short_code as varchar(5) check (value <> 'bad') not null;
  create domain positive as int check (value > 0);
  create type pair as (code short_code, list int[]);
  create domain named as pair[];
  create type float_range as range (subtype = float8, multirange_type_name = float_multirange);`

function quote(text: string): string {
  return `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

async function insertAll(replica: Replica): Promise<void> {
  const { source } = replica
  for (const [index, [type, values]] of Object.entries(valuesOfType).entries()) {
    const rows = values.map((value, number) => `(${number}, ${quote(value)}::${type})`)
    await source.query(`insert into t${index} values ${rows.join(', ')}`)
    if (!type.startsWith('short_code')) await source.query(`insert into t${index} values (-1, null)`)
  }
}

const tables = Object.keys(valuesOfType).map((type, index) => ({ type, name: `t${index}` }))

test('values of every type arrive as the source prints them', async () => {
  await using replica = await createReplica({
    schema:
      types +
      tables.map(({ type, name }) => `create table ${name} (id int primary key, v ${type});`).join(''),
  })
  await insertAll(replica)
  await replica.catchUp()
  await replica.expectEqual()
})

test('values of every type change, and find their row where there is no key', async () => {
  await using replica = await createReplica({
    schema:
      types +
      tables
        .map(
          ({ type, name }) =>
            `create table ${name} (id int, v ${type}); alter table ${name} replica identity full;`,
        )
        .join(''),
  })
  const { source } = replica
  await insertAll(replica)
  await replica.catchUp()
  for (const { name } of tables) {
    await source.query(`update ${name} set id = id + 100 where id >= 0`)
    await source.query(`update ${name} set v = (select v from ${name} where id = 100) where id = -1`)
    await source.query(`delete from ${name} where id = 101`)
  }
  await replica.catchUp()
  await replica.expectEqual()
})

test('values of every type that can be one are keys', async () => {
  const comparable = ({ type }: { type: string }) =>
    !['json', 'xml', 'jsonpath', 'xid', 'refcursor', 'pg_snapshot', '"char"', 'named', 'int2vector'].includes(
      type,
    ) && !['point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle', 'box[]'].includes(type)
  const keyed = tables.filter(comparable)
  await using replica = await createReplica({
    schema:
      types + keyed.map(({ type, name }) => `create table ${name} (id ${type} primary key, n int);`).join(''),
  })
  const { source } = replica
  for (const { type, name } of keyed) {
    const values = valuesOfType[type] ?? []
    const unique = type.startsWith('char(') ? ['', 'a', 'abcde'] : values
    const rows = unique.map((value, index) => `(${quote(value)}::${type}, ${index})`)
    await source.query(`insert into ${name} values ${rows.join(', ')} on conflict do nothing`)
    await source.query(`update ${name} set n = n + 10`)
  }
  await replica.catchUp()
  for (const { name } of keyed) {
    await source.query(`update ${name} set n = n + 10`)
    await source.query(`delete from ${name} where n = 20`)
  }
  await replica.catchUp()
  await replica.expectEqual()
})

test('a numeric of 131,072 digits and a text of megabytes arrive', async () => {
  await using replica = await createReplica({
    schema: 'create table t (id int primary key, n numeric, big text)',
  })
  await replica.source.query(
    `insert into t values (1, repeat('7', 131072)::numeric, repeat('äöü😀', 1000000))`,
  )
  await replica.source.query(`insert into t values (2, ('0.' || repeat('3', 16383))::numeric, null)`)
  await replica.source.query(`update t set id = 3 where id = 1`)
  await replica.catchUp()
  await replica.expectEqual()
})

test('citext keys and values of an extension arrive, with the extension in a schema of its own', async () => {
  await using replica = await createReplica({
    schema: `create schema ext; create extension citext schema ext; create extension hstore schema ext;
             create extension ltree schema ext; create extension cube schema ext;
             create table t (id ext.citext primary key, h ext.hstore, l ext.ltree, c ext.cube)`,
    rows: `insert into t values ('Abc', 'a=>1,b=>NULL', 'top.x', '(1,2)'), ('dEF', '', '', '(0)')`,
  })
  await replica.source.query(
    `update t set h = h operator(ext.||) '"q\\"x"=>"y,z"'::ext.hstore where id operator(ext.=) 'ABC'`,
  )
  await replica.source.query(`update t set id = 'ABC' where id operator(ext.=) 'abc'`)
  await replica.source.query(`update t set l = 'top.y' where id operator(ext.=) 'abc'`)
  await replica.source.query(`delete from t where id operator(ext.=) 'def'`)
  await replica.source.query(`insert into t values ('DEF', null, null, null)`)
  await replica.catchUp()
  await replica.expectEqual()
})

test('a cast from text by a function of the user does not change values', async () => {
  await using replica = await createReplica({
    schema: `create type code as (v text);
             create function text_to_code(text) returns code language sql as $$ select row('cast: ' || $1)::code $$;
             create cast (text as code) with function text_to_code(text) as assignment;
             create table t (id int primary key, c code)`,
  })
  await replica.source.query(
    `insert into t values (1, row('plain')), (2, row('with "quotes" \\ and, commas')), (3, null)`,
  )
  await replica.catchUp()
  await replica.expectEqual()
})

test('a value that is too long for the target is refused, not cut', async () => {
  await using replica = await createReplica({
    schema: 'create table t (id int primary key, v varchar(10), b bit(4), c char(4))',
  })
  await replica.target.query('alter table t alter v type varchar(3)')
  await replica.source.query(`insert into t values (1, 'too long')`)
  const failure = await replica.catchUp().catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'APPLY_FAILED' })
  expect(String(failure)).not.toContain('too long for')
})

test('values of a nondeterministic collation are keys', async () => {
  await using replica = await createReplica({
    schema: `create collation ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
             create table t (id text collate ci primary key, n int)`,
    rows: `insert into t values ('Ab', 1), ('cD', 2)`,
  })
  await replica.source.query(`update t set n = 10 where id = 'AB'`)
  await replica.source.query(`update t set id = 'CD' where id = 'cd'`)
  await replica.source.query(`delete from t where id = 'ab'`)
  await replica.catchUp()
  await replica.expectEqual()
})
