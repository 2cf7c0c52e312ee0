import fc from 'fast-check'
import { test } from 'vitest'
import { chooseSeed } from '../../support/random.ts'
import { createReplica } from './replica.ts'

const schema = `
  create table keyed (id int primary key, n int, big text);
  create table uniquely (id int primary key, code int unique, note text);
  create table pairs (a int, b text, n int, primary key (a, b));
  create table keyless (a int, b text);
  create table full_keyed (id int primary key, big text);
  alter table keyless replica identity full;
  alter table full_keyed replica identity full;
  alter table keyed alter big set storage external;
  alter table full_keyed alter big set storage external;`

const id = fc.integer({ min: 1, max: 6 })
const small = fc.integer({ min: 0, max: 3 })
const big = fc.integer({ min: 1, max: 9 }).map((digit) => `repeat('${digit}', 3000)`)
const text = fc.constantFrom(`''`, 'null', `'x'`, `'NULL'`)

/** Statements; one that fails, fails alone. */
const change = fc.oneof(
  fc.tuple(id, small, fc.oneof(big, text)).map(([k, n, b]) => `insert into keyed values (${k}, ${n}, ${b})`),
  fc.tuple(id, small).map(([k, n]) => `update keyed set n = ${n} where id = ${k}`),
  fc.tuple(id, big).map(([k, b]) => `update keyed set big = ${b} where id = ${k}`),
  fc.tuple(id, id).map(([k, l]) => `update keyed set id = ${l} where id = ${k}`),
  id.map((k) => `delete from keyed where id = ${k}`),
  fc.tuple(id, id).map(([k, c]) => `insert into uniquely values (${k}, ${c}, 'x')`),
  fc.tuple(id, id).map(([k, c]) => `update uniquely set code = ${c} where id = ${k}`),
  fc.tuple(id, text).map(([k, t]) => `update uniquely set note = ${t} where id = ${k}`),
  fc.tuple(id, id).map(([k, l]) => `update uniquely set id = ${l} where id = ${k}`),
  fc.tuple(id, id).map(
    ([k, l]) => `do $$ declare c int; begin select code into c from uniquely where id = ${k};
      update uniquely set code = -1 where id = ${k}; update uniquely set code = -2 where id = ${l} and code > 0;
      update uniquely set code = c where code = -2; update uniquely set code = null where code < 0; end $$`,
  ),
  id.map((k) => `delete from uniquely where id = ${k}`),
  fc
    .tuple(small, text, small)
    .map(([a, b, n]) => `insert into pairs values (${a}, coalesce(${b}, ''), ${n})`),
  fc.tuple(small, small).map(([a, c]) => `update pairs set a = ${c} where a = ${a}`),
  small.map((n) => `update pairs set n = n + 1 where n = ${n}`),
  small.map((a) => `delete from pairs where a = ${a}`),
  fc.tuple(small, text).map(([a, b]) => `insert into keyless values (${a}, ${b}), (${a}, ${b})`),
  fc.tuple(small, text).map(([a, b]) => `update keyless set b = ${b} where a = ${a}`),
  fc
    .tuple(small, small)
    .map(
      ([a, c]) => `update keyless set a = ${c} where ctid = (select min(ctid) from keyless where a = ${a})`,
    ),
  small.map((a) => `delete from keyless where ctid = (select max(ctid) from keyless where a = ${a})`),
  fc.tuple(id, big).map(([k, b]) => `insert into full_keyed values (${k}, ${b})`),
  fc.tuple(id, id).map(([k, l]) => `update full_keyed set id = ${l} where id = ${k}`),
  fc.tuple(id, fc.oneof(big, text)).map(([k, b]) => `update full_keyed set big = ${b} where id = ${k}`),
  id.map((k) => `delete from full_keyed where id = ${k}`),
)
const rare = fc.constantFrom(
  'truncate keyless',
  'truncate keyed, pairs',
  'truncate uniquely restart identity',
)

const transaction = fc.record({
  changes: fc.array(fc.oneof({ weight: 60, arbitrary: change }, { weight: 1, arbitrary: rare }), {
    minLength: 1,
    maxLength: 8,
  }),
  rolledBack: fc.boolean(),
})

const history = fc.record({
  transactions: fc.array(transaction, { minLength: 1, maxLength: 25 }),
  maxChanges: fc.constantFrom(1, 2, 5, 17, 10_000),
})

test('whatever happened on the source, in batches of any size the target becomes the same', async () => {
  await using replica = await createReplica({ schema })
  const client = await replica.source.connect()
  await fc.assert(
    fc.asyncProperty(history, async ({ transactions, maxChanges }) => {
      await client.query('truncate keyed, uniquely, pairs, keyless, full_keyed')
      for (const { changes, rolledBack } of transactions) {
        await client.query('begin')
        for (const statement of changes) {
          await client.query('savepoint s')
          await client.query(statement).catch(() => client.query('rollback to s'))
        }
        await client.query(rolledBack && changes.length % 3 === 0 ? 'rollback' : 'commit')
      }
      await replica.catchUp({ limits: { maxChanges, maxBytes: 1_000_000 } })
      await replica.expectEqual()
    }),
    { numRuns: Number(process.env['HISTORIES'] ?? 40), seed: chooseSeed(), endOnFailure: true },
  )
}, 300_000)
