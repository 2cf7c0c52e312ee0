import { expect, test } from 'vitest'
import { createReplica } from './replica.ts'

test('TRUNCATE empties the tables at its place among the changes', async () => {
  await using replica = await createReplica({
    schema: 'create table a (id int primary key); create table b (id int primary key, n int)',
    rows: 'insert into a select generate_series(1, 5); insert into b select i, i from generate_series(1, 5) i',
  })
  const { source } = replica
  await source.query('insert into a values (6)')
  await source.query('update b set n = n + 1')
  await source.query('truncate a, b')
  await source.query('insert into a values (1)')
  await source.query('begin; insert into b values (9, 9); truncate b; insert into b values (10, 10); commit')
  await replica.catchUp()
  await replica.expectEqual()
})

test('TRUNCATE with CASCADE takes referencing tables along', async () => {
  await using replica = await createReplica({
    schema: `create table parent (id int primary key);
             create table child (id int primary key, parent_id int references parent)`,
    rows: 'insert into parent values (1), (2); insert into child values (1, 1), (2, 2)',
  })
  await replica.source.query('truncate parent cascade')
  await replica.source.query('insert into parent values (7)')
  await replica.catchUp()
  await replica.expectEqual()
})

test('TRUNCATE of tables that reference each other works without CASCADE', async () => {
  await using replica = await createReplica({
    schema: `create table parent (id int primary key);
             create table child (id int primary key, parent_id int references parent)`,
    rows: 'insert into parent values (1), (2); insert into child values (1, 1), (2, 2)',
  })
  await replica.source.query('truncate child, parent')
  await replica.catchUp()
  await replica.expectEqual()
})

test('TRUNCATE RESTART IDENTITY restarts the sequences, CONTINUE does not', async () => {
  await using replica = await createReplica({
    schema: 'create table a (id serial primary key); create table b (id serial primary key)',
    rows: 'insert into a select from generate_series(1, 5); insert into b select from generate_series(1, 5)',
  })
  await replica.source.query('truncate a restart identity')
  await replica.source.query('truncate b')
  await replica.catchUp()
  const { rows } = await replica.target.query(
    `select nextval('a_id_seq')::int as a, nextval('b_id_seq')::int as b`,
  )
  expect(rows).toEqual([{ a: 1, b: 6 }])
})

test('TRUNCATE of a partitioned table empties its partitions', async () => {
  await using replica = await createReplica({
    schema: `create table t (id int primary key) partition by range (id);
             create table t_1 partition of t for values from (0) to (10);
             create table t_2 partition of t for values from (10) to (20)`,
    rows: 'insert into t select generate_series(1, 19)',
  })
  await replica.source.query('truncate t')
  await replica.source.query('insert into t values (3)')
  await replica.catchUp()
  await replica.expectEqual()
})
