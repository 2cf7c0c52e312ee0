import { expect, test } from 'vitest'
import { Waypoints } from '../../../engine/apply/index.ts'
import { markDrainPosition } from '../../../engine/replication/index.ts'
import { lsnFromBigInt } from '../../../engine/replication/lsn.ts'
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

test('while changes are applied, positions are waited for one after the other, also on a source that is quiet', async () => {
  await using replica = await createReplica({ schema: 'create table t (n int primary key)' })
  const { source, target } = replica
  const stopping = new AbortController()
  const waypoints = new Waypoints()
  const following = replica.follow({ waypoints, signal: stopping.signal }).catch((error: unknown) => error)
  await using marker = await source.connect()
  const never = new AbortController().signal
  for (const n of [1, 2, 3]) {
    await source.query('insert into t values ($1)', [n])
    const position = await markDrainPosition(marker)
    await waypoints.reach(position, never)
    expect((await target.query('select from t')).rowCount).toBe(n)
    // Nothing has come since.
    await waypoints.reach(await markDrainPosition(marker), never)
    await waypoints.reach(position, never)
  }
  const unreachable = waypoints.reach(lsnFromBigInt(2n ** 63n - 1n), stopping.signal)
  stopping.abort(new Error('enough'))
  await expect(unreachable).rejects.toThrow('enough')
  expect(await following).toMatchObject({ message: 'enough' })
})
