import pg from 'pg'
import { expect, test } from 'vitest'
import type { ActionRequest, NewSchedule } from '../../../engine/index.ts'
import { startTestWorker } from '../../support/control.ts'
import { waitFor } from '../../support/servers.ts'
import { setWorkedScene, type Scene } from './scene.ts'

const tester = { actor: { kind: 'system', id: 'test', name: 'test' } } as const
const hourMs = 3_600_000

type When = Partial<NewSchedule> & Pick<ActionRequest, 'acceptWarnings'> & { readonly startInMs?: number }

/** Verified, and to start in an hour if not told otherwise. */
async function schedule(
  { control, migration }: Scene,
  { acceptWarnings = false, startInMs = hourMs, ...when }: When = {},
) {
  await migration.act('VERIFY')
  await migration.waitForStatus('READY')
  await control.stores.migrations.act(
    {
      migrationId: migration.id,
      action: 'SCHEDULE',
      acceptWarnings,
      schedule: { startAt: new Date(Date.now() + startInMs), whenMissed: 'REPORT', ...when },
    },
    tester,
  )
}

async function queryControl({ control }: Scene, sql: string, params: readonly unknown[] = []) {
  const client = new pg.Client(control.databaseUrl)
  await client.connect()
  try {
    return await client.query(sql, [...params])
  } finally {
    await client.end()
  }
}

/** Lets the time have come so long ago. */
async function passStart(scene: Scene, ago = '1 second'): Promise<void> {
  await queryControl(
    scene,
    'update godwit_control.migrations set start_at = clock_timestamp() - $1::interval',
    [ago],
  )
}

async function failuresOf({ control, migration }: Scene) {
  const events = await control.stores.events.readMigration(migration.id, 0n, 1000)
  return events.filter((event) => event.type === 'SCHEDULED_START_FAILED')
}

async function statusMessages({ control, migration }: Scene): Promise<string> {
  const events = await control.stores.events.readMigration(migration.id, 0n, 1000)
  return events.map((event) => event.message).join('\n')
}

test('a scheduled migration starts at its time, by itself, verified again', async () => {
  await using scene = await setWorkedScene()
  await schedule(scene, { startInMs: 3_000 })
  const { migration, control } = scene
  const planned = (await migration.read()).schedule?.startAt
  await migration.waitForStep('INCREMENTAL')
  const started = await migration.read()
  expect(started).toMatchObject({ schedule: null, problem: null })
  expect(started.startedAt! >= planned!).toBe(true)
  const report = await control.stores.migrations.verifyReport(migration.id)
  expect(report!.startedAt >= planned!).toBe(true)
  expect(await failuresOf(scene)).toEqual([])
})

test('two workers start a scheduled migration once', async () => {
  await using scene = await setWorkedScene()
  await using second = startTestWorker(scene.control.stores)
  await schedule(scene)
  await passStart(scene)
  await scene.migration.waitForStep('INCREMENTAL')
  expect((await statusMessages(scene)).match(/START_DUE/g)).toHaveLength(1)
  void second
})

test('a check that fails before the start keeps it from starting, and people are told', async () => {
  await using scene = await setWorkedScene()
  await schedule(scene)
  await scene.target.query('create table customer (id int)')
  await passStart(scene)
  await scene.migration.waitForStatus('VERIFY_FAILED')
  const [failure, ...more] = await failuresOf(scene)
  expect(more).toEqual([])
  expect(failure!.payload['failedChecks']).not.toEqual([])
  expect((await scene.migration.read()).schedule).toBeNull()
})

test('a warning that nobody has accepted keeps it from starting', async () => {
  await using scene = await setWorkedScene()
  await schedule(scene)
  await scene.source.query('create unlogged table scratch (id int primary key)')
  await passStart(scene)
  await waitFor(async () => (await failuresOf(scene)).length > 0, {
    describe: () => scene.migration.situation(),
  })
  const refused = await scene.migration.read()
  expect(refused).toMatchObject({
    status: 'READY',
    problem: { code: 'WARNINGS_NOT_ACCEPTED', message: expect.stringContaining('Unlogged tables') },
  })
})

test('a warning that was accepted with the schedule lets it start', async () => {
  await using scene = await setWorkedScene()
  await scene.source.query('create unlogged table scratch (id int primary key)')
  await schedule(scene, { acceptWarnings: true })
  await passStart(scene)
  await scene.migration.waitForStep('INCREMENTAL')
  expect(await failuresOf(scene)).toEqual([])
})

test('a missed start is reported where the schedule says so', async () => {
  await using scene = await setWorkedScene()
  await schedule(scene, { whenMissed: 'REPORT' })
  await passStart(scene, '6 minutes')
  await scene.migration.waitForStatus('READY')
  expect((await scene.migration.read()).problem?.code).toBe('SCHEDULE_MISSED')
  expect((await failuresOf(scene)).map((event) => event.payload['code'])).toEqual(['SCHEDULE_MISSED'])
})

test('a missed start is made up for, once, where the schedule says so', async () => {
  await using scene = await setWorkedScene()
  await schedule(scene, { whenMissed: 'RUN' })
  await passStart(scene, '3 days')
  await scene.migration.waitForStep('INCREMENTAL')
  expect((await statusMessages(scene)).match(/START_DUE.*was due at/g)).toHaveLength(1)
})

test('a source that does not answer is tried again, until it starts', async () => {
  await using scene = await setWorkedScene()
  await schedule(scene)
  const { sourceId } = await scene.migration.read()
  const movePort = (port: number) =>
    queryControl(scene, 'update godwit_control.endpoints set port = $1 where id = $2', [port, sourceId])
  await movePort(1)
  await passStart(scene)
  await waitFor(async () => (await scene.migration.read()).nextAttemptAt, {
    describe: () => scene.migration.situation(),
  })
  expect(await scene.migration.read()).toMatchObject({
    status: 'SCHEDULED',
    problem: { code: 'ENDPOINT_UNREACHABLE' },
  })
  await movePort(scene.source.port)
  await scene.migration.waitForStep('INCREMENTAL')
  expect(await failuresOf(scene)).toEqual([])
})

test('a new time that is set while the start is verified counts', async () => {
  await using scene = await setWorkedScene()
  await schedule(scene)
  await using blocker = await scene.source.connect()
  await blocker.query('begin')
  await blocker.query('lock table pg_largeobject_metadata in access exclusive mode')
  await passStart(scene)
  const isVerifying = `select from pg_stat_activity
    where datname = current_database() and application_name like 'godwit % verify%' and wait_event_type = 'Lock'`
  await waitFor(async () => (await scene.source.query(isVerifying)).rowCount === 1, {
    describe: () => scene.migration.situation(),
  })
  const startAt = new Date(Date.now() + hourMs)
  await scene.control.stores.migrations.act(
    { migrationId: scene.migration.id, action: 'SCHEDULE', schedule: { startAt, whenMissed: 'REPORT' } },
    tester,
  )
  await waitFor(
    async () => {
      const { rows } = await queryControl(
        scene,
        'select lease_until <= clock_timestamp() as free from godwit_control.leases',
      )
      return rows[0]?.free === true
    },
    { describe: () => scene.migration.situation() },
  )
  await blocker.query('rollback')
  expect(await scene.migration.read()).toMatchObject({
    status: 'SCHEDULED',
    schedule: { startAt },
    problem: null,
  })
  expect(await failuresOf(scene)).toEqual([])
})
