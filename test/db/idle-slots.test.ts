import { expect, test } from 'vitest'
import { lsnFromBigInt, type SlotState } from '../../engine/index.ts'
import type { TestDatabase } from '../support/servers.ts'
import { evaluate, followScene, letPass, listAlarms, readAlarmEventTypes } from './alarms.ts'
import { alice } from './fixtures.ts'

const intervalMs = 30_000
const gibibyte = 2n ** 30n
const muchRetained: SlotState = { retainedBytes: 11n * gibibyte, walStatus: 'extended', safeWalBytes: null }
const littleRetained: SlotState = { ...muchRetained, retainedBytes: 1n, walStatus: 'reserved' }

/** In incremental, with a slot. */
async function slotScene() {
  const scene = await followScene()
  await scene.stores.runs.saveStream(scene.lease, { consistentPoint: lsnFromBigInt(1n) })
  await scene.database.query(
    `update godwit_control.steps set status = 'DONE' where step in ('PREPARE', 'STRUCTURE', 'FULL_COPY')`,
  )
  return scene
}

async function letSlotPass(database: TestDatabase): Promise<void> {
  await letPass(database, '31 seconds')
  await database.query(
    `update godwit_control.streams set slot_claimed_at = slot_claimed_at - interval '31 seconds',
       slot_measured_at = slot_measured_at - interval '31 seconds'`,
  )
}

test('of many workers one measures the slot of a paused migration, and again after the interval', async () => {
  await using scene = await slotScene()
  const { stores, control, database, id } = scene
  await using others = await control.open()
  await stores.migrations.act({ migrationId: id, action: 'PAUSE' }, alice)
  const claimAll = () =>
    Promise.all([stores, others, stores, others].map(({ idleSlots }) => idleSlots.claim(intervalMs)))
  const first = await claimAll()
  expect(first.filter((slot) => slot !== null)).toMatchObject([{ migrationId: id, needed: true }])
  expect(await stores.idleSlots.claim(intervalMs)).toBeNull()
  await letSlotPass(database)
  expect((await claimAll()).filter((slot) => slot !== null)).toHaveLength(1)
})

test('a slot that another worker is just claiming is passed by', async () => {
  await using scene = await slotScene()
  const { stores, database, id } = scene
  await stores.migrations.act({ migrationId: id, action: 'PAUSE' }, alice)
  await using other = await database.connect()
  await other.query('begin')
  await other.query('select from godwit_control.streams for update')
  expect(await stores.idleSlots.claim(intervalMs)).toBeNull()
  await other.query('rollback')
  expect(await stores.idleSlots.claim(intervalMs)).toMatchObject({ migrationId: id })
})

test('a migration that is followed has samples of its own, until they cease', async () => {
  await using scene = await slotScene()
  const { stores, database, id, lag } = scene
  await lag({})
  expect(await stores.idleSlots.claim(intervalMs)).toBeNull()
  await letPass(database, '31 seconds')
  expect(await stores.idleSlots.claim(intervalMs)).toMatchObject({ migrationId: id })
})

test.each(['COMPLETED', 'CANCELLED'])('nothing is measured in %s', async (status) => {
  await using scene = await slotScene()
  const { stores, database } = scene
  await database.query('update godwit_control.migrations set status = $1', [status])
  expect(await stores.idleSlots.claim(intervalMs)).toBeNull()
})

test('the slot of a completion is measured and needed until RELEASE begins, which drops it', async () => {
  await using scene = await slotScene()
  const { stores, database, id, lease } = scene
  await database.query(`update godwit_control.migrations set status = 'COMPLETING'`)
  expect(await stores.idleSlots.claim(intervalMs)).toMatchObject({ migrationId: id, needed: true })
  await letSlotPass(database)
  await stores.runs.saveStep(lease, { step: 'RELEASE', status: 'RUNNING' })
  expect(await stores.idleSlots.claim(intervalMs)).toBeNull()
})

test('a completion that is tried again and again keeps the alarms of the slot, and raises them, until RELEASE begins', async () => {
  await using scene = await slotScene()
  const { stores, database, lag, lease } = scene
  const much = { retainedBytes: muchRetained.retainedBytes }
  const readFiring = async () => {
    await evaluate(stores)
    return (await listAlarms(stores, { states: ['FIRING'] })).map(({ kind }) => kind).toSorted()
  }
  await lag(much, much, much)
  expect(await readFiring()).toEqual(['WAL_RETAINED'])
  await database.query(`update godwit_control.migrations set status = 'COMPLETING'`)
  expect(await readFiring()).toEqual(['WAL_RETAINED'])
  await letSlotPass(database)
  const slot = await stores.idleSlots.claim(intervalMs)
  await stores.idleSlots.save(slot!, { ...muchRetained, safeWalBytes: 1n })
  expect(await readFiring()).toEqual(['SLOT_AT_RISK', 'WAL_RETAINED'])
  await stores.runs.saveStep(lease, { step: 'RELEASE', status: 'RUNNING' })
  expect(await readFiring()).toEqual([])
})

test('while a completion catches up its samples tell what the slot holds back', async () => {
  await using scene = await slotScene()
  const { stores, database, lag } = scene
  await database.query(`update godwit_control.migrations set status = 'COMPLETING'`)
  const much = { retainedBytes: muchRetained.retainedBytes, seconds: 90 }
  await lag(much, much, much)
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ kind: 'WAL_RETAINED', state: 'FIRING' }])
})

test('of a slot that a cancel has not dropped only what it holds back is told of', async () => {
  await using scene = await slotScene()
  const { stores, database } = scene
  await database.query(`update godwit_control.migrations set status = 'CANCELLING'`)
  const slot = await stores.idleSlots.claim(intervalMs)
  expect(slot).toMatchObject({ needed: false })
  await stores.idleSlots.save(slot!, { ...muchRetained, walStatus: 'lost', safeWalBytes: 0n })
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ kind: 'WAL_RETAINED', state: 'FIRING' }])
})

test('a migration without a slot, or without changes, has nothing to measure', async () => {
  await using scene = await slotScene()
  const { stores, database } = scene
  await database.query(`update godwit_control.migrations set status = 'FAILED', incremental = false`)
  expect(await stores.idleSlots.claim(intervalMs)).toBeNull()
  await database.query('update godwit_control.migrations set incremental = true')
  await database.query('update godwit_control.streams set consistent_point = null')
  expect(await stores.idleSlots.claim(intervalMs)).toBeNull()
})

test('a slot of a copy that is not done is not needed: its next attempt makes a new one', async () => {
  await using scene = await slotScene()
  const { stores, database } = scene
  await database.query(`update godwit_control.migrations set status = 'FAILED'`)
  await database.query(`update godwit_control.steps set status = 'RUNNING' where step = 'FULL_COPY'`)
  expect(await stores.idleSlots.claim(intervalMs)).toMatchObject({ needed: false })
})

test('what a paused slot holds back raises its alarms by one measurement, and those of the lag stay silent', async () => {
  await using scene = await slotScene()
  const { stores, database, id, lag } = scene
  await lag({}, {}, {})
  await stores.migrations.act({ migrationId: id, action: 'PAUSE' }, alice)
  await letSlotPass(database)
  const slot = await stores.idleSlots.claim(intervalMs)
  await stores.idleSlots.save(slot!, { ...muchRetained, walStatus: 'lost', safeWalBytes: 0n })
  await evaluate(stores)
  expect((await listAlarms(stores)).map(({ kind, message }) => `${kind}: ${message}`).toSorted()).toEqual([
    'SLOT_AT_RISK: The replication slot is gone on the source, or WAL that it needs: changes are lost.',
    'WAL_RETAINED: The replication slot holds back 11.0 GB of WAL on the source.',
  ])
})

test('a pause does not end the alarm of the slot; a measurement does', async () => {
  await using scene = await slotScene()
  const { stores, database, id, lag } = scene
  const much = { retainedBytes: muchRetained.retainedBytes }
  await lag(much, much, much)
  await evaluate(stores)
  await stores.migrations.act({ migrationId: id, action: 'PAUSE' }, alice)
  await letSlotPass(database)
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ kind: 'WAL_RETAINED', state: 'FIRING' }])
  const slot = await stores.idleSlots.claim(intervalMs)
  await stores.idleSlots.save(slot!, littleRetained)
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ kind: 'WAL_RETAINED', state: 'RESOLVED' }])
  expect(await readAlarmEventTypes(stores, id)).toEqual(['ALARM_FIRING', 'ALARM_RESOLVED'])
})

test('samples of a run that has begun since count for more than what was measured in the pause', async () => {
  await using scene = await slotScene()
  const { stores, database, lag } = scene
  const slot = await stores.idleSlots.claim(intervalMs)
  await lag({}, {}, {})
  await stores.idleSlots.save(slot!, muchRetained)
  await evaluate(stores)
  expect(await listAlarms(stores)).toEqual([])
  await database.query(`update godwit_control.migrations set status = 'PAUSED'`)
  await evaluate(stores)
  expect(await listAlarms(stores)).toEqual([])
})
