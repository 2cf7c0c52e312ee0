import { expect, test } from 'vitest'
import { createReplica } from './replica.ts'

const schema = `create table t (a int, b text, c jsonb, d xml, e money, f json);
                alter table t replica identity full`

test('of rows that are the same, as many change as on the source', async () => {
  await using replica = await createReplica({
    schema,
    rows: `insert into t select 1, 'same', '{"k": 1}', '<x/>', 12.5, '{"a":1,"a":2}' from generate_series(1, 10);
           insert into t select 2, null, null, null, null, null from generate_series(1, 5)`,
  })
  const { source } = replica
  await source.query(`delete from t where ctid = any (array(select ctid from t where a = 1 limit 3))`)
  await source.query(
    `update t set b = 'other' where ctid = any (array(select ctid from t where a = 1 limit 2))`,
  )
  await source.query(`update t set a = 3 where ctid = any (array(select ctid from t where a = 2 limit 1))`)
  await source.query(`insert into t values (2), (2)`)
  await source.query(`delete from t where ctid = any (array(select ctid from t where a = 2 limit 4))`)
  await replica.catchUp()
  await replica.expectEqual()
})

test('NULL, the empty string and the word NULL are told apart', async () => {
  await using replica = await createReplica({
    schema: `create table t (a text, b text); alter table t replica identity full`,
    rows: `insert into t values (null, ''), ('', null), ('NULL', 'null'), (null, null), ('', '')`,
  })
  await replica.source.query(`delete from t where a = '' and b is null`)
  await replica.source.query(`update t set a = 'x' where a is null and b is null`)
  await replica.source.query(`update t set b = 'y' where a = 'NULL'`)
  await replica.catchUp()
  await replica.expectEqual()
})

test('a row that comes and goes within one batch leaves nothing', async () => {
  await using replica = await createReplica({ schema })
  const { source } = replica
  await source.query(`insert into t (a) values (1), (1), (2)`)
  await source.query(`update t set a = a + 1`)
  await source.query(`delete from t where a = 2`)
  await source.query(`insert into t (a) values (2)`)
  await replica.catchUp()
  await replica.expectEqual()
})

test('rows that differ only in how their values print are different rows', async () => {
  await using replica = await createReplica({
    schema: `create table t (n numeric, f float8, c char(5)); alter table t replica identity full`,
    rows: `insert into t values (1.0, 0, 'a'), (1.00, '-0', 'a '), (1.0, 'NaN', 'b')`,
  })
  await replica.source.query(`delete from t where n::text = '1.00'`)
  await replica.source.query(`update t set n = 2 where f = 'NaN'`)
  await replica.catchUp()
  await replica.expectEqual()
})

test('TOAST of old rows is compared, and kept where it did not change', async () => {
  await using replica = await createReplica({
    schema: `create table t (n int, big text); alter table t replica identity full`,
    rows: `insert into t select s, (select string_agg(md5(s::text || i::text), '') from generate_series(1, 200) i)
             from generate_series(1, 5) s`,
  })
  await replica.source.query('update t set n = 10 where n = 1')
  await replica.source.query('update t set n = 11 where n = 10')
  await replica.source.query('delete from t where n = 2')
  await replica.catchUp()
  await replica.expectEqual()
})

test('a table that only grows needs no identity to be applied', async () => {
  await using replica = await createReplica({
    schema: `create table t (a int, b text); alter table t replica identity full`,
  })
  await replica.source.query(`insert into t select i % 3, 'x' from generate_series(1, 1000) i`)
  await replica.catchUp()
  await replica.expectEqual()
})

test('a unique column that may be NULL does not stand in the way', async () => {
  await using replica = await createReplica({
    schema: `create table t (a int unique, b text); alter table t replica identity full`,
    rows: `insert into t values (1, 'one'), (2, 'two'), (null, 'none'), (null, 'none')`,
  })
  await replica.source.query(`begin; update t set a = 3 where a = 1; update t set a = 1 where a = 2;
                              update t set a = 2 where a = 3; commit`)
  await replica.source.query(
    `update t set b = 'nobody' where ctid = (select min(ctid) from t where a is null)`,
  )
  await replica.catchUp()
  await replica.expectEqual()
})

test('a change whose row the target lacks is named without its values', async () => {
  await using replica = await createReplica({ schema, rows: `insert into t values (1, 'secret')` })
  await replica.target.query('delete from t')
  await replica.source.query(`delete from t`)
  const failure = await replica.catchUp().catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'TARGET_DIVERGED' })
  expect(String(failure)).toContain('A delete from public.t')
  expect(String(failure)).not.toContain('secret')
})
