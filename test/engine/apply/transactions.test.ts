import { expect, test } from 'vitest'
import { createReplica } from './replica.ts'

test('a transaction of 100,000 rows arrives as one', async () => {
  await using replica = await createReplica({
    schema: 'create table t (id int primary key, n int, name text)',
  })
  const { source, target } = replica
  await source.query(`insert into t select i, i, 'name ' || i from generate_series(1, 100000) i`)
  await source.query('update t set n = n + 1 where id % 2 = 0')
  await source.query('delete from t where id % 10 = 0')
  const seen = new Set<string>()
  const watcher = await target.connect()
  const stop = new AbortController()
  const watching = (async () => {
    while (!stop.signal.aborted)
      seen.add((await watcher.query('select count(*)::text as n from t')).rows[0].n)
  })()
  const progress = await replica.catchUp()
  stop.abort()
  await watching
  expect([...seen].filter((count) => !['0', '100000', '90000'].includes(count))).toEqual([])
  expect(progress).toMatchObject({ appliedTransactions: 3n, appliedChanges: 160_000n })
  await replica.expectEqual()
})

test('a large transaction is written in pieces, and none is seen before the commit', async () => {
  await using replica = await createReplica({ schema: 'create table t (id int primary key, n int)' })
  const { source } = replica
  await source.query('insert into t select i, 0 from generate_series(1, 1000) i')
  await source.query('begin; update t set n = 1; update t set id = id + 5000 where id < 100; commit')
  await source.query('insert into t values (0, 0)')
  const progress = await replica.catchUp({ limits: { maxChanges: 70, maxBytes: 1_000_000 } })
  await replica.expectEqual()
  expect(progress.appliedTransactions).toBe(3n)
  expect(progress.appliedChanges).toBe(2_100n)
})

test('transactions that overlap arrive in the order of their commits', async () => {
  await using replica = await createReplica({
    schema: 'create table t (id int primary key, n int); create table log (id serial primary key, what text)',
    rows: 'insert into t values (1, 0), (2, 0)',
  })
  const first = await replica.source.connect()
  const second = await replica.source.connect()
  await first.query('begin')
  await second.query('begin')
  await first.query('update t set n = 1 where id = 1')
  await second.query('update t set n = 2 where id = 2')
  await first.query(`insert into log (what) values ('first')`)
  await second.query(`insert into log (what) values ('second')`)
  await second.query('commit')
  await second.query('update t set n = 20 where id = 2')
  await first.query('commit')
  await replica.catchUp()
  await replica.expectEqual()
})

test('what was rolled back, whole or to a savepoint, does not arrive', async () => {
  await using replica = await createReplica({ schema: 'create table t (id int primary key, n int)' })
  const client = await replica.source.connect()
  await client.query('begin; insert into t values (1, 1); rollback')
  await client.query(`begin; insert into t values (2, 1); savepoint a; update t set n = 2; insert into t values (3, 3);
                      savepoint b; delete from t; rollback to b; insert into t values (4, 4); rollback to a;
                      insert into t values (5, 5); release a; commit`)
  await client.query(`do $$ begin for i in 10..20 loop begin insert into t values (i, i);
                        if i % 3 = 0 then raise exception 'no'; end if; exception when others then null; end; end loop; end $$`)
  await replica.catchUp()
  await replica.expectEqual()
})

test('many small batches and one large batch lead to the same', async () => {
  await using replica = await createReplica({
    schema: 'create table t (id int primary key, n int); create table u (id int primary key, n int)',
  })
  const { source } = replica
  for (let i = 0; i < 30; i++) {
    await source.query(`insert into t values (${i}, 0); insert into u values (${i}, 0)`)
    await source.query(`update t set n = n + 1 where id > ${i - 5}`)
  }
  await replica.catchUp({ limits: { maxChanges: 1, maxBytes: 1 } })
  await replica.expectEqual()
  for (let i = 0; i < 30; i++) await source.query(`update u set n = n + ${i}; delete from t where id = ${i}`)
  await replica.catchUp()
  await replica.expectEqual()
})

test('prepared transactions arrive when they are committed', async () => {
  await using replica = await createReplica({ schema: 'create table t (id int primary key)' })
  const gid = `godwit-${replica.source.name}`
  await replica.source.query(`begin; insert into t values (1); prepare transaction '${gid}'`)
  await replica.source.query('insert into t values (2)')
  await replica.catchUp()
  expect((await replica.target.query('select id from t')).rows).toEqual([{ id: 2 }])
  await replica.source.query(`commit prepared '${gid}'`)
  await replica.catchUp()
  await replica.expectEqual()
})

test('a start over applies nothing twice and misses nothing', async () => {
  await using replica = await createReplica({
    schema: 'create table t (n int); alter table t replica identity full',
  })
  for (let round = 0; round < 5; round++) {
    await replica.source.query(`insert into t values (${round}), (${round})`)
    const before = await replica.catchUp()
    const again = await replica.catchUp()
    expect(again.appliedTransactions).toBe(before.appliedTransactions)
  }
  await replica.expectEqual()
})
