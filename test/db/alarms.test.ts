import { expect, test } from 'vitest'
import {
  evaluate,
  followScene,
  inTime,
  late,
  letPass,
  listAlarms,
  readAlarmEvents,
  readAlarmEventTypes,
} from './alarms.ts'
import { alice, makeRunning, waitForBlocked } from './fixtures.ts'

test('a lag over its mark is an episode and an event, and another event when it is over', async () => {
  await using scene = await followScene()
  const { stores, id, lag } = scene
  await lag(late, late)
  await evaluate(stores)
  expect(await listAlarms(stores)).toEqual([])
  await lag({ seconds: 75 })
  await evaluate(stores)
  const [alarm] = await listAlarms(stores)
  expect(alarm).toMatchObject({
    migrationId: id,
    kind: 'LAG_SECONDS',
    state: 'FIRING',
    value: 75,
    peak: 90,
    threshold: 60,
    muted: false,
    acknowledgement: null,
  })
  await lag(inTime, inTime, inTime)
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([
    { id: alarm?.id, state: 'RESOLVED', resolution: 'It is over.' },
  ])
  expect(await readAlarmEvents(stores, id)).toMatchObject([
    {
      type: 'ALARM_FIRING',
      message: 'LAG_SECONDS: The target is 75 s behind the source.',
      payload: {
        alarmId: alarm?.id,
        kind: 'LAG_SECONDS',
        severity: 'WARNING',
        value: 75,
        threshold: 60,
        unit: 'SECONDS',
        openedAt: alarm?.openedAt.toISOString(),
      },
      actor: { kind: 'system' },
    },
    { type: 'ALARM_RESOLVED', payload: { alarmId: alarm?.id } },
  ])
})

test('looking again changes nothing; a worse value is kept without an event', async () => {
  await using scene = await followScene()
  const { stores, id, lag } = scene
  await lag(late, late, late)
  await evaluate(stores)
  await evaluate(stores)
  await lag({ seconds: 300 }, { seconds: 200 })
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ value: 200, message: expect.stringContaining('200 s') }])
  await lag({ seconds: 300 })
  await evaluate(stores)
  await lag({ seconds: 100 })
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ value: 100, peak: 300 }])
  expect(await readAlarmEventTypes(stores, id)).toEqual(['ALARM_FIRING'])
})

test('a lag that swings for half an hour is announced three times at most', async () => {
  await using scene = await followScene()
  const { stores, database, id, lag } = scene
  for (let minute = 0; minute < 30; minute += 1) {
    await lag(...Array.from({ length: 3 }, () => (minute % 2 === 0 ? late : inTime)))
    await evaluate(stores)
    await letPass(database, '1 minute')
  }
  expect(await listAlarms(stores)).toMatchObject([{ state: 'FIRING', reopenings: 1 }])
  expect(await readAlarmEventTypes(stores, id)).toEqual([
    'ALARM_FIRING',
    'ALARM_RESOLVED',
    'ALARM_FIRING',
    'ALARM_ESCALATED',
  ])
})

test('a gap in the samples, as when the worker is away, changes nothing', async () => {
  await using scene = await followScene()
  const { stores, database, lag } = scene
  await lag(late, late)
  await letPass(database, '11 seconds')
  await lag(late)
  await evaluate(stores)
  expect(await listAlarms(stores)).toEqual([])
  await lag(late, late)
  await evaluate(stores)
  await lag(inTime, inTime)
  await letPass(database, '11 seconds')
  await evaluate(stores)
  await lag(inTime)
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ state: 'FIRING' }])
})

test('a pause ends the lag alarms, and says so', async () => {
  await using scene = await followScene()
  const { stores, id, lag } = scene
  await lag(late, late, late)
  await evaluate(stores)
  await stores.migrations.act({ migrationId: id, action: 'PAUSE' }, alice)
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([
    { kind: 'LAG_SECONDS', state: 'RESOLVED', resolution: 'The migration was paused.' },
  ])
})

test('two that look at once raise one alarm', async () => {
  await using scene = await followScene()
  const { stores, control, id, lag } = scene
  await using others = await control.open()
  await lag(late, late, late)
  await Promise.all([evaluate(stores), evaluate(others), evaluate(stores), evaluate(others)])
  expect(await listAlarms(stores)).toHaveLength(1)
  expect(await readAlarmEventTypes(stores, id)).toEqual(['ALARM_FIRING'])
})

test('while one looks, another does nothing and does not wait', async () => {
  await using scene = await followScene()
  const { stores, database, lag } = scene
  await lag(late, late, late)
  await using first = await database.connect()
  await first.query('begin')
  // Holds up the one whose turn it is.
  await first.query('select from godwit_control.migrations for update')
  const held = evaluate(stores)
  await waitForBlocked(database)
  await evaluate(stores)
  await first.query('rollback')
  await held
  expect(await listAlarms(stores)).toHaveLength(1)
})

test('the control database itself holds no two open alarms of one kind', async () => {
  await using scene = await followScene()
  const { stores, database, lag } = scene
  await lag(late, late, late)
  await evaluate(stores)
  await expect(
    database.query(
      `insert into godwit_control.alarms select (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid()))).*
         from godwit_control.alarms a`,
    ),
  ).rejects.toMatchObject({ code: '23505', constraint: 'alarms_open_key' })
})

test('the alarms of many migrations are settled in one turn, each on its own', async () => {
  await using scene = await followScene()
  const { stores, database, id } = scene
  const others = await Promise.all(Array.from({ length: 4 }, () => makeRunning(stores)))
  for (const { lease } of others)
    await stores.runs.saveStep(lease, { step: 'INCREMENTAL', status: 'RUNNING' })
  await database.query(
    `insert into godwit_control.lag_samples (migration_id, at, bytes, seconds, retained_bytes, source_lsn,
       applied_lsn, applied_transactions, applied_changes)
     select id, clock_timestamp() - n * interval '1 second', 0, case when id = $1 then 0 else 90 end, 0, '0/1', '0/1', 0, 0
       from godwit_control.migrations, generate_series(0, 2) as n`,
    [id],
  )
  await evaluate(stores)
  const alarmed = (await listAlarms(stores)).map(({ migrationId }) => migrationId)
  expect(alarmed.toSorted()).toEqual(others.map(({ migration }) => migration.id).toSorted())
})
