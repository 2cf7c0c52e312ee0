import { expect, test } from 'vitest'
import { createReplica } from './replica.ts'

const schema = `create table t (id int primary key, email text unique, n int)`
const rows = `insert into t select i, 'e' || i, 0 from generate_series(1, 20) i`

test('values of a unique column swap within one batch', async () => {
  await using replica = await createReplica({ schema, rows })
  const { source } = replica
  for (let round = 0; round < 5; round++) {
    await source.query(`update t set email = 'tmp' where id = 1`)
    await source.query(`update t set email = 'e1' where id = 2`)
    await source.query(`update t set email = 'e2' where id = 1`)
    await source.query(`update t set email = 'tmp' where id = 1`)
    await source.query(`update t set email = 'e2' where id = 2`)
    await source.query(`update t set email = 'e1' where id = 1; update t set n = n + 1 where id > 10`)
  }
  await source.query(`begin; update t set email = 'x' where id = 3; update t set email = 'e3' where id = 4;
                      update t set email = 'e4' where id = 3; commit`)
  await replica.catchUp()
  await replica.expectEqual()
})

test('a unique value passes from a deleted row to a new one, and on', async () => {
  await using replica = await createReplica({ schema, rows })
  const { source } = replica
  await source.query(`delete from t where id = 1`)
  await source.query(`insert into t values (100, 'e1', 0)`)
  await source.query(`update t set email = 'free' where id = 100`)
  await source.query(`insert into t values (101, 'e1', 0)`)
  await source.query(`update t set email = 'e9b' where id = 9`)
  await source.query(`update t set email = 'e9' where id = 8`)
  await source.query(`update t set id = 102, email = 'e8' where id = 7`)
  await replica.catchUp()
  await replica.expectEqual()
})

test('ranges that must not overlap pass each other', async () => {
  await using replica = await createReplica({
    schema: `create table t (id int primary key, during int4range, exclude using gist (during with &&))`,
    rows: `insert into t select i, int4range(i * 10, i * 10 + 10) from generate_series(1, 10) i`,
  })
  const { source } = replica
  await source.query(`begin; update t set during = 'empty' where id = 1; update t set during = '[10,20)' where id = 2;
                      update t set during = '[20,30)' where id = 1; commit`)
  await source.query(`update t set during = '[1000,1001)' where id = 10`)
  await source.query(`update t set during = '[90,110)' where id = 9`)
  await replica.catchUp()
  await replica.expectEqual()
})

test.each([
  { replicaRole: true, mode: 'as a replica' },
  { replicaRole: false, mode: 'as an ordinary session' },
])('a deferrable unique constraint holds at the commit only, $mode', async ({ replicaRole }) => {
  await using replica = await createReplica({
    schema: `create table t (id int primary key, position int unique deferrable initially immediate)`,
    rows: `insert into t select i, i from generate_series(1, 10) i`,
    replicaRole,
  })
  await replica.source.query('update t set position = 11 - position')
  await replica.source.query('update t set position = position + 1')
  await replica.catchUp({ limits: { maxChanges: 3, maxBytes: 1_000_000 } })
  await replica.expectEqual()
})

test('a swap in a later piece of a large transaction keeps the earlier pieces', async () => {
  await using replica = await createReplica({ schema, rows })
  const { source } = replica
  await source.query(`begin;
    insert into t select i, 'many ' || i, 0 from generate_series(1000, 1100) i;
    update t set email = 'tmp' where id = 1; update t set email = 'e1' where id = 2; update t set email = 'e2' where id = 1;
    update t set n = 1 where id > 1050;
    commit`)
  await source.query('update t set n = n + 1')
  await replica.catchUp({ limits: { maxChanges: 52, maxBytes: 1_000_000 } })
  await replica.expectEqual()
})

test('a check of the target that refuses a row is named, and everything before it arrives', async () => {
  await using replica = await createReplica({ schema })
  await replica.target.query('alter table t add constraint small check (n < 10)')
  await replica.source.query(`insert into t values (1, 'a', 1)`)
  await replica.source.query(`insert into t values (2, 'secret', 99)`)
  await replica.source.query(`insert into t values (3, 'c', 3)`)
  const failure = await replica.catchUp().catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'APPLY_FAILED', retryable: false })
  expect(String(failure)).toContain('An insert into public.t in the source transaction committed at')
  expect(String(failure)).toContain('"small"')
  expect(String(failure)).not.toContain('secret')
  expect((await replica.target.query('select id from t')).rows).toEqual([{ id: 1 }])
})
