import { expect, test } from 'vitest'
import { markDrainPosition } from '../../../engine/replication/index.ts'
import { createReplica } from './replica.ts'

test('a drain while writes go on leaves no part of a later transaction, and nothing is doubled afterwards', async () => {
  await using replica = await createReplica({
    schema: 'create table t (n int, who text); alter table t replica identity full',
  })
  const { source, target } = replica
  const countBig = async () => (await target.query(`select from t where who = 'big'`)).rowCount
  await source.query(`insert into t values (1, 'a')`)
  await using marker = await source.connect()
  const stopAt = await markDrainPosition(marker)
  await source.query(`insert into t values (2, 'c')`)
  await source.query(`insert into t select i, 'big' from generate_series(1, 1000) i`)
  await replica.follow({ stopAt, limits: { maxChanges: 70, maxBytes: 1_000_000 } })
  expect([0, 1000]).toContain(await countBig())
  await replica.catchUp()
  expect(await countBig()).toBe(1000)
})
