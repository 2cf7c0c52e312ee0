import { expect, test } from 'vitest'
import {
  lsnFromBigInt,
  type Lease,
  type NewLagSample,
  type SourceFence,
  type Status,
} from '../../engine/index.ts'
import { evaluate, followScene, goOn, letPass, listAlarms, readAlarmEventTypes } from './alarms.ts'
import { alice, createMigration, makeReady, makeRunning, noLag, openTestStores } from './fixtures.ts'

test('a worker that is lost is told of, and that another has taken over', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  const { migration } = await makeRunning(stores)
  // The time counts from the last change of status, too.
  await database.query(`update godwit_control.events set at = at - interval '1 hour'`)
  const setOverdue = (seconds: number) =>
    database.query(
      `update godwit_control.leases set lease_until = clock_timestamp() - $1 * interval '1 second'`,
      [seconds],
    )
  await setOverdue(25)
  await evaluate(stores)
  expect(await listAlarms(stores)).toEqual([])
  await setOverdue(31)
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ kind: 'WORKER_LOST', state: 'FIRING', threshold: 30 }])
  await stores.leases.claim(migration.id, 'worker-2', 60_000)
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ kind: 'WORKER_LOST', state: 'RESOLVED' }])
})

test('a migration that has failed is told of, with why; a retry ends that, and not what was found', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const { migration, lease } = await makeRunning(stores)
  const problem = { code: 'TARGET_DIVERGED', message: 'public.a has no row 7.', remedy: 'Mend it.' } as const
  await stores.runs.report(lease, 'FAILED', { problem })
  await evaluate(stores)
  expect((await listAlarms(stores)).map(({ kind, message }) => `${kind}: ${message}`).toSorted()).toEqual([
    'MIGRATION_FAILED: The migration has failed: public.a has no row 7.',
    'TARGET_DIVERGED: The target has diverged from the source: public.a has no row 7.',
  ])
  await stores.leases.release(lease)
  await stores.migrations.act({ migrationId: migration.id, action: 'RETRY' }, alice)
  await evaluate(stores)
  expect(await listAlarms(stores, { states: ['FIRING'] })).toMatchObject([{ kind: 'TARGET_DIVERGED' }])
})

test('attempts that fail in a row are told of, until things go well', async () => {
  await using scene = await followScene()
  const { stores, lease } = scene
  const error = { code: 'CONNECTION_LOST', message: 'The target is away.', remedy: 'Wait.' } as const
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    await evaluate(stores)
    expect(await listAlarms(stores)).toEqual([])
    await stores.runs.saveRetry(lease, { error, delayMs: 1 })
  }
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([
    { kind: 'TARGET_ERRORS', value: 3, message: '3 attempts in a row have failed: The target is away.' },
  ])
  await stores.runs.clearRetry(lease)
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ kind: 'TARGET_ERRORS', state: 'RESOLVED' }])
})

test('a comparison that found differences is told of after the completion was refused', async () => {
  await using scene = await followScene()
  const { stores, database, id, lease } = scene
  await database.query(`update godwit_control.migrations set status = 'COMPLETING' where id = $1`, [id])
  const problem = { code: 'TARGET_DIFFERS', message: 'Row counts differ.', remedy: 'Look.' } as const
  await stores.runs.report(lease, 'COMPLETION_REFUSED', { problem })
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ kind: 'COMPARISON_DIFFERENT', state: 'FIRING' }])
})

test('what a comparison found stays told of until one finds nothing, whatever happens to the problem', async () => {
  await using scene = await followScene()
  const { stores, database, id, lease } = scene
  const setCompleting = () =>
    database.query(`update godwit_control.migrations set status = 'COMPLETING' where id = $1`, [id])
  const expectFiring = async () => {
    await evaluate(stores)
    expect(await listAlarms(stores, { states: ['FIRING'] })).toMatchObject([
      { kind: 'COMPARISON_DIFFERENT', message: 'The target differs from the source: Row counts differ.' },
    ])
  }
  await setCompleting()
  const problem = { code: 'TARGET_DIFFERS', message: 'Row counts differ.', remedy: 'Look.' } as const
  await stores.runs.report(lease, 'COMPLETION_REFUSED', { problem })
  await expectFiring()
  const error = { code: 'CONNECTION_LOST', message: 'The target is away.', remedy: 'Wait.' } as const
  await stores.runs.saveRetry(lease, { error, delayMs: 1 })
  await expectFiring()
  await stores.runs.clearRetry(lease)
  await expectFiring()
  await stores.migrations.act({ migrationId: id, action: 'PAUSE' }, alice)
  await expectFiring()
  await setCompleting()
  await stores.runs.saveStep(lease, { step: 'COMPARE', status: 'SKIPPED' })
  await stores.runs.saveStep(lease, { step: 'COMPARE', status: 'RUNNING' })
  await expectFiring()
  await stores.runs.saveStep(lease, { step: 'COMPARE', status: 'DONE' })
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ kind: 'COMPARISON_DIFFERENT', state: 'RESOLVED' }])
})

test('a divergence stays told of until all is applied that was there when it was tried again', async () => {
  await using scene = await followScene()
  const { stores } = scene
  const diverge = async (lease: Lease) => {
    const problem = {
      code: 'TARGET_DIVERGED',
      message: 'public.a has no row 7.',
      remedy: 'Mend it.',
    } as const
    await stores.runs.report(lease, 'FAILED', { problem })
    return await goOn(scene, lease)
  }
  const readFiring = async (lease: Lease, applied: bigint, written: bigint) => {
    const lsns = { appliedLsn: lsnFromBigInt(applied), sourceLsn: lsnFromBigInt(written) }
    await stores.runs.addLagSample(lease, { ...noLag, ...lsns })
    await evaluate(stores)
    return (await listAlarms(stores, { states: ['FIRING'] })).map(({ kind }) => kind)
  }
  const first = await diverge(scene.lease)
  expect(await readFiring(first, 5n, 9n)).toEqual(['TARGET_DIVERGED'])
  expect(await readFiring(first, 8n, 20n)).toEqual(['TARGET_DIVERGED'])
  const second = await diverge(first)
  expect(await readFiring(second, 9n, 30n)).toEqual(['TARGET_DIVERGED'])
  expect(await readFiring(second, 30n, 50n)).toEqual([])
  expect(await readFiring(second, 30n, 60n)).toEqual([])
})

test('a lost slot stays told of, though all is muted, over failure and retry until a slot streams again', async () => {
  await using scene = await followScene()
  const { stores, id, lag } = scene
  await stores.alarms.mute({ migrationId: id, kinds: null, durationMs: 3_600_000, reason: 'noise' }, alice)
  await lag({ walStatus: 'unreserved' })
  await evaluate(stores)
  const [alarm] = await listAlarms(stores)
  expect(alarm).toMatchObject({ kind: 'SLOT_AT_RISK', state: 'FIRING' })
  const expectSame = async () => {
    await evaluate(stores)
    expect(await listAlarms(stores, { kinds: ['SLOT_AT_RISK'] })).toMatchObject([
      { id: alarm?.id, state: 'FIRING', reopenings: 0, muted: false, value: 0 },
    ])
  }
  const problem = { code: 'SLOT_LOST', message: 'The slot is gone.', remedy: 'Start anew.' } as const
  await stores.runs.report(scene.lease, 'FAILED', { problem })
  await expectSame()
  const lease = await goOn(scene, scene.lease)
  await expectSame()
  await stores.runs.addLagSample(lease, { ...noLag, walStatus: 'lost' })
  await expectSame()
  for (let n = 0; n < 3; n += 1) await stores.runs.addLagSample(lease, noLag)
  await evaluate(stores)
  expect(await listAlarms(stores, { states: ['FIRING'] })).toEqual([])
  expect(await readAlarmEventTypes(stores, id)).toEqual(['ALARMS_MUTED', 'ALARM_FIRING', 'ALARM_RESOLVED'])
})

test('what was found ends with the migration', async () => {
  await using scene = await followScene()
  const { stores, id } = scene
  await stores.runs.report(scene.lease, 'FAILED', {
    problem: { code: 'SLOT_LOST', message: 'The slot is gone.', remedy: 'Start anew.' },
  })
  await evaluate(stores)
  await stores.migrations.act({ migrationId: id, action: 'CANCEL' }, alice)
  await evaluate(stores)
  expect(await listAlarms(stores, { states: ['FIRING'] })).toMatchObject([{ kind: 'SLOT_AT_RISK' }])
  await stores.runs.report(scene.lease, 'CLEANED_UP')
  await evaluate(stores)
  expect(await listAlarms(stores, { kinds: ['SLOT_AT_RISK'] })).toMatchObject([
    { state: 'RESOLVED', resolution: 'The migration was cancelled.' },
  ])
})

test('a scheduled start that verify refused is told of, until verify passes', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  const { id } = await makeReady(stores, await createMigration(stores), 'passed')
  await evaluate(stores)
  expect(await listAlarms(stores)).toEqual([])
  await database.query(
    `update godwit_control.migrations set status = 'SCHEDULED', start_at = clock_timestamp() where id = $1`,
    [id],
  )
  const lease = await stores.leases.claim(id, 'worker-1', 60_000)
  await stores.runs.report(lease!, 'VERIFY_REFUSED')
  await stores.leases.release(lease!)
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ kind: 'VERIFY_FAILED_BEFORE_START', state: 'FIRING' }])
  await stores.migrations.act({ migrationId: id, action: 'VERIFY' }, alice)
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ kind: 'VERIFY_FAILED_BEFORE_START', state: 'RESOLVED' }])
})

test('the alarms of a migration that is deleted end', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  const { id } = await makeReady(stores, await createMigration(stores), 'passed')
  await database.query(`update godwit_control.migrations set status = 'FAILED' where id = $1`, [id])
  await evaluate(stores)
  await database.query('update godwit_control.migrations set deleted_at = clock_timestamp() where id = $1', [
    id,
  ])
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([
    { kind: 'MIGRATION_FAILED', state: 'RESOLVED', resolution: 'The migration was deleted.' },
  ])
})

test('a start that was missed is told of as that', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  const { id } = await makeReady(stores, await createMigration(stores), 'passed')
  await database.query(
    `update godwit_control.migrations set status = 'SCHEDULED', start_at = clock_timestamp() where id = $1`,
    [id],
  )
  const lease = await stores.leases.claim(id, 'worker-1', 60_000)
  const problem = { code: 'SCHEDULE_MISSED', message: 'No worker was free.', remedy: 'Start it.' } as const
  await stores.runs.report(lease!, 'START_REFUSED', { problem })
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([
    { kind: 'SCHEDULE_MISSED', message: 'The scheduled start was missed: No worker was free.' },
  ])
})

const readOnlyFence: SourceFence = {
  mode: 'READ_ONLY',
  since: new Date('2026-01-02T03:04:05.678Z'),
  sourceTime: '2026-01-02 03:04:05.678901+00',
  undo: ['ALTER DATABASE "d" RESET default_transaction_read_only'],
  reported: false,
}

test('a fence whose worker was killed is told of though all is muted, until another has taken over, and not from RELEASE on', async () => {
  await using scene = await followScene()
  const { stores, database, id, lease } = scene
  await stores.alarms.mute({ migrationId: id, kinds: null, durationMs: 3_600_000, reason: 'noise' }, alice)
  await stores.runs.saveStream(lease, { fence: readOnlyFence })
  await database.query(`update godwit_control.migrations set status = 'COMPLETING' where id = $1`, [id])
  await database.query(`update godwit_control.events set at = at - interval '1 hour'`)
  const loseWorker = () =>
    database.query(`update godwit_control.leases set lease_until = clock_timestamp() - interval '31 seconds'`)
  const readFenced = async () => {
    await evaluate(stores)
    return await listAlarms(stores, { kinds: ['SOURCE_FENCED'], states: ['FIRING'] })
  }
  await loseWorker()
  expect(await readFenced()).toMatchObject([
    {
      muted: false,
      message: expect.stringMatching(/no other has taken over.*RESET default_transaction_read_only;/),
    },
  ])
  const second = await stores.leases.claim(id, 'worker-2', 60_000)
  expect(await readFenced()).toEqual([])
  await stores.runs.saveStep(second!, { step: 'RELEASE', status: 'RUNNING' })
  await loseWorker()
  expect(await readFenced()).toEqual([])
})

test('a fence that is left around the source is told of until it is gone, and not after a completion', async () => {
  await using scene = await followScene()
  const { stores, database, id, lease } = scene
  const setStatus = (status: Status) =>
    database.query('update godwit_control.migrations set status = $2 where id = $1', [id, status])
  await stores.runs.saveStream(lease, { fence: readOnlyFence })
  for (const status of ['COMPLETING', 'COMPLETED'] as const) {
    await setStatus(status)
    await evaluate(stores)
    expect(await listAlarms(stores)).toEqual([])
  }
  await setStatus('CANCELLED')
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([
    { kind: 'SOURCE_FENCED', state: 'FIRING', message: expect.stringContaining(`${readOnlyFence.undo[0]};`) },
  ])
  await setStatus('COMPLETING')
  await evaluate(stores)
  expect(await listAlarms(stores, { states: ['FIRING'] })).toEqual([])
  await stores.runs.saveStream(lease, {
    givenUp: { code: 'PAUSE_TOO_LONG', message: 'Too long.', remedy: 'Wait.' },
  })
  await evaluate(stores)
  expect(await listAlarms(stores, { states: ['FIRING'] })).toMatchObject([{ kind: 'SOURCE_FENCED' }])
  await stores.runs.saveStream(lease, { fence: null })
  await evaluate(stores)
  expect(await listAlarms(stores, { states: ['FIRING'] })).toEqual([])
})

test('a plan that waits for approval, and then for its execution, is told of before it expires', async () => {
  await using scene = await followScene()
  const { stores, database, id } = scene
  await database.query(
    `insert into godwit_control.cutover_plans (id, migration_id, digest, status, options, measured, predicted_parts,
       migration_version, requirement, actor_kind, actor_id, actor_name, created_at, expires_at)
     values (gen_random_uuid(), $1, 'd', 'PENDING', '{}', '{}', '{}', 1, '{}', 'token', 'a', 'alice',
       clock_timestamp(), clock_timestamp() + interval '11 minutes')`,
    [id],
  )
  await evaluate(stores)
  expect(await listAlarms(stores)).toEqual([])
  await database.query(
    `update godwit_control.cutover_plans set expires_at = expires_at - interval '1 minute'`,
  )
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ kind: 'APPROVAL_EXPIRING', state: 'FIRING' }])
  await database.query(`update godwit_control.cutover_plans set status = 'APPROVED'`)
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([
    { state: 'FIRING', message: expect.stringContaining('approved but not executed') },
  ])
  await database.query(`update godwit_control.cutover_plans set status = 'EXECUTING'`)
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ kind: 'APPROVAL_EXPIRING', state: 'RESOLVED' }])
})

test('numbers beyond 32 bits, and a slot that is lost, are told of', async () => {
  await using scene = await followScene()
  const { stores, lag } = scene
  const bad: Partial<NewLagSample> = {
    bytes: 2n ** 50n,
    retainedBytes: 2n ** 51n,
    walStatus: 'lost',
    safeWalBytes: 0n,
  }
  await lag(bad, bad, bad)
  await evaluate(stores)
  const alarms = await listAlarms(stores, { states: ['FIRING'] })
  expect(Object.fromEntries(alarms.map(({ kind, value }) => [kind, value]))).toEqual({
    LAG_BYTES: 2 ** 50,
    WAL_RETAINED: 2 ** 51,
    SLOT_AT_RISK: 0,
  })
})

test('a stalled apply is told of by what the samples say', async () => {
  await using scene = await followScene()
  const { stores, database, lease } = scene
  for (let n = 0; n < 10; n += 1) {
    await letPass(database, '9 seconds')
    await stores.runs.addLagSample(lease, { ...noLag, bytes: 5n })
  }
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ kind: 'APPLY_STALLED', state: 'FIRING' }])
})
