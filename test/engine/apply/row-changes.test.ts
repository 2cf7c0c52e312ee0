import { expect, test } from 'vitest'
import { createReplica } from './replica.ts'

/** Text that does not compress, so that it is stored apart from its row. */
const toast = (seed: string) =>
  `(select string_agg(md5(${seed}::text || i::text), '') from generate_series(1, 200) i)`

test('inserts, updates and deletes arrive, counted by transaction and by row', async () => {
  await using replica = await createReplica({
    schema: 'create table t (id int primary key, name text, at timestamptz)',
    rows: `insert into t select i, 'name ' || i, '2024-01-01' from generate_series(1, 10) i`,
  })
  const { source } = replica
  await source.query(`insert into t values (11, 'new', '2024-02-03 04:05:06.789012+00'), (12, null, null)`)
  await source.query(`update t set name = upper(name) where id % 2 = 0`)
  await source.query(`delete from t where id in (3, 4)`)
  const progress = await replica.catchUp()
  await replica.expectEqual()
  expect(progress.appliedTransactions).toBe(3n)
  expect(progress.appliedChanges).toBe(10n)
})

test('a row that is inserted, changed and deleted again within one batch leaves nothing', async () => {
  await using replica = await createReplica({ schema: 'create table t (id int primary key, n int)' })
  const { source } = replica
  for (let round = 0; round < 3; round++) {
    await source.query('insert into t values (1, 0), (2, 0)')
    await source.query('update t set n = n + 1')
    await source.query('delete from t where id = 1')
    await source.query('update t set n = n + 1')
    await source.query('delete from t')
  }
  await source.query('insert into t values (1, 7)')
  await replica.catchUp()
  await replica.expectEqual()
})

test('a row that is deleted and inserted again within one batch has its new values', async () => {
  await using replica = await createReplica({
    schema: 'create table t (id int primary key, n int, extra text)',
    rows: `insert into t values (1, 1, 'one'), (2, 2, 'two')`,
  })
  await replica.source.query('delete from t where id = 1')
  await replica.source.query('insert into t values (1, 10, null)')
  await replica.source.query('update t set n = 11 where id = 1')
  await replica.catchUp()
  await replica.expectEqual()
})

test('keys change, and swap by way of a third', async () => {
  await using replica = await createReplica({
    schema: 'create table t (id int primary key, name text)',
    rows: `insert into t select i, 'name ' || i from generate_series(1, 20) i`,
  })
  const { source } = replica
  await source.query('update t set id = 100 where id = 1')
  await source.query('update t set id = 101 where id = 100')
  await source.query(`begin; update t set id = -1 where id = 2; update t set id = 2 where id = 3;
                      update t set id = 3 where id = -1; commit`)
  await source.query('update t set id = id + 1000')
  await source.query('update t set id = 5 where id = 1007')
  await source.query(`insert into t values (1007, 'again')`)
  await replica.catchUp()
  await replica.expectEqual()
})

test('keys of several columns and of text change', async () => {
  await using replica = await createReplica({
    schema: `create table t (a text, n int, b text, primary key (b, a))`,
    rows: `insert into t select 'a' || i % 3, i, 'b' || i from generate_series(1, 30) i`,
  })
  const { source } = replica
  await source.query(`update t set a = '' where n < 5`)
  await source.query(`update t set b = b || a, a = b where n between 3 and 8`)
  await source.query(`delete from t where n between 6 and 7`)
  await source.query(`insert into t values ('', 1000, ''), ('x', 1001, '')`)
  await replica.catchUp()
  await replica.expectEqual()
})

test('a unique index as replica identity finds the rows', async () => {
  await using replica = await createReplica({
    schema: `create table t (id int primary key, code text not null, n int);
             create unique index t_code on t (code);
             alter table t replica identity using index t_code`,
    rows: `insert into t select i, 'code ' || i, i from generate_series(1, 10) i`,
  })
  await replica.source.query(`update t set n = n * 2 where id < 4`)
  await replica.source.query(`update t set id = id + 100 where id > 7`)
  await replica.source.query(`update t set code = 'other ' || id where id in (5, 6)`)
  await replica.source.query(`delete from t where id = 4`)
  await replica.catchUp()
  await replica.expectEqual()
})

test('TOAST that a change leaves alone stays', async () => {
  await using replica = await createReplica({
    schema: 'create table t (id int primary key, big text, n int, other text)',
    rows: `insert into t select s, ${toast('s')}, s, ${toast(`'o' || s`)} from generate_series(1, 6) s`,
  })
  const { source } = replica
  await source.query('update t set n = 10 where id in (1, 2, 3)')
  await source.query(`update t set n = 11, other = 'short' where id in (2, 4)`)
  await source.query(`update t set big = null where id = 3`)
  await source.query('update t set n = 12 where id in (2, 3, 4)')
  await source.query(`insert into t values (7, ${toast('7')}, 7, 'x')`)
  await source.query('update t set n = 13 where id = 7')
  await replica.catchUp()
  await replica.expectEqual()
})

test('TOAST that a change of the key leaves alone stays', async () => {
  await using replica = await createReplica({
    schema: 'create table t (id int primary key, big text, n int)',
    rows: `insert into t select s, ${toast('s')}, s from generate_series(1, 6) s`,
  })
  const { source } = replica
  await source.query('update t set id = 100 where id = 1')
  await source.query('update t set n = 5 where id = 2')
  await source.query('update t set id = 101 where id = 2')
  await source.query(`update t set big = ${toast('33')} where id = 3`)
  await source.query('update t set id = 2 where id = 3')
  await source.query(`begin; update t set id = -1 where id = 4; update t set id = 4 where id = 5;
                      update t set id = 5 where id = -1; commit`)
  await source.query('delete from t where id = 101')
  await replica.catchUp()
  await replica.expectEqual()
})

test('a key that is TOAST itself is found', async () => {
  const key = (seed: string) =>
    `(select string_agg(md5(${seed}::text || i::text), '') from generate_series(1, 80) i)`
  await using replica = await createReplica({
    schema: `create table t (id text primary key, n int);
             alter table t alter id set storage external`,
    rows: `insert into t select ${key('s')}, s from generate_series(1, 4) s`,
  })
  await replica.source.query('update t set n = 10 where n = 1')
  await replica.source.query(`update t set id = ${key('22')} where n = 2`)
  await replica.source.query('delete from t where n = 3')
  await replica.catchUp()
  await replica.expectEqual()
})

test('under REPLICA IDENTITY FULL a table with a key is found by it', async () => {
  await using replica = await createReplica({
    schema: `create table t (id int primary key, big text, n int);
             alter table t replica identity full`,
    rows: `insert into t select s, ${toast('s')}, s from generate_series(1, 6) s`,
  })
  const { source, target } = replica
  // Only the key is looked at.
  await target.query('update t set n = -1 where id = 2')
  await source.query('update t set n = 10 where id in (1, 2)')
  await source.query('update t set id = 100 where id = 3')
  await source.query('delete from t where id = 4')
  await replica.catchUp()
  await replica.expectEqual()
})

test('changes that only the key column has are checked and do no harm', async () => {
  await using replica = await createReplica({
    schema: 'create table t (id int primary key)',
    rows: 'insert into t select generate_series(1, 5)',
  })
  await replica.source.query('update t set id = id where id = 1')
  await replica.source.query('update t set id = 6 where id = 2')
  await replica.source.query('delete from t where id = 3')
  await replica.catchUp()
  await replica.expectEqual()
})

test('keys that are equal to the database but print differently follow one another', async () => {
  await using replica = await createReplica({
    schema: 'create table t (id numeric primary key, n int)',
    rows: 'insert into t values (1.0, 1), (2, 2), (3, 3)',
  })
  const { source } = replica
  await source.query('begin; delete from t where id = 1; insert into t values (1.00, 10); commit')
  await source.query('update t set n = 11 where id = 1')
  await source.query('update t set id = 2.000 where id = 2')
  await source.query(
    'begin; delete from t where id = 3; insert into t values (3.0, 30); delete from t where id = 3; commit',
  )
  await source.query('insert into t values (3, 31)')
  await replica.catchUp()
  await replica.expectEqual()
})

test('children that inherit from a table are left alone', async () => {
  await using replica = await createReplica({
    schema: `create table parent (id int primary key, n int);
             create table child (primary key (id)) inherits (parent)`,
    rows: 'insert into parent values (1, 1), (2, 2); insert into child values (1, 10), (2, 20)',
  })
  await replica.source.query('update only parent set n = n + 1')
  await replica.source.query('delete from only parent where id = 2')
  await replica.source.query('update child set n = n + 5 where id = 1')
  await replica.catchUp()
  await replica.expectEqual()
})

test('changes of partitioned tables arrive by partition, also when rows move', async () => {
  await using replica = await createReplica({
    schema: `create table t (id int, region text, n int, primary key (id, region)) partition by list (region);
             create table t_a partition of t for values in ('a');
             create table t_b partition of t for values in ('b') partition by range (id);
             create table t_b1 partition of t_b for values from (0) to (50);
             create table t_b2 partition of t_b for values from (50) to (100)`,
    rows: `insert into t select i, case when i % 2 = 0 then 'a' else 'b' end, i from generate_series(1, 80) i`,
  })
  const { source } = replica
  await source.query(`update t set n = n + 1`)
  await source.query(`update t set region = 'b' where id in (2, 4, 60)`)
  await source.query(`update t set region = 'a' where id in (4, 61)`)
  await source.query(`update t set id = id + 41 where region = 'b' and id < 10 and id % 2 = 1`)
  await source.query(`delete from t where id % 7 = 0`)
  await replica.catchUp()
  await replica.expectEqual()
})

test('a partition that the target does not have stops the stream instead of losing rows', async () => {
  await using replica = await createReplica({
    schema: `create table t (id int primary key) partition by range (id);
             create table t_1 partition of t for values from (0) to (100)`,
  })
  await replica.source.query('create table t_2 partition of t for values from (100) to (200)')
  await replica.source.query('insert into t values (1), (150)')
  await expect(replica.catchUp()).rejects.toMatchObject({ code: 'SCHEMA_CHANGED' })
  await replica.target.query('create table t_2 partition of t for values from (100) to (200)')
  await replica.catchUp()
  await replica.expectEqual()
})
