import { expect, test } from 'vitest'
import { measureCutover } from '../../../engine/cutover/index.ts'
import type { ControlStores, ConnectionSettings, CutoverMeasurement, Fencing } from '../../../engine/index.ts'
import { settingsOf } from '../../support/connection.ts'
import { TestMigration } from '../../support/control.ts'
import { createDatabase, createRole, waitFor } from '../../support/servers.ts'
import { setWorkedScene, shopSql, type Scene } from '../runner/scene.ts'

interface Looking {
  readonly fencing?: Fencing
  readonly source?: ConnectionSettings
}

async function look(
  { control, source, target, migration }: Scene,
  { fencing = 'NONE', ...as }: Looking = {},
): Promise<CutoverMeasurement> {
  const stores: ControlStores = control.stores
  return await measureCutover(
    {
      ...(await stores.cutovers.subject(migration.id)),
      source: as.source ?? settingsOf(source),
      target: settingsOf(target),
      fencing,
    },
    AbortSignal.timeout(30_000),
  )
}

async function setFollowingScene(sql = shopSql): Promise<Scene> {
  const scene = await setWorkedScene({ sql })
  await scene.migration.start()
  await scene.migration.waitForStep('INCREMENTAL')
  return scene
}

test('counts what is selected', async () => {
  await using scene = await setFollowingScene(`${shopSql}
    create materialized view empty_one as select 1 as n with no data;
    create table part (id int, day date, primary key (id, day)) partition by range (day);
    create table part_2026 partition of part for values from ('2026-01-01') to ('2027-01-01');`)
  const measured = await look(scene)
  expect(measured).toMatchObject({ sequences: 3, materializedViews: 1, tables: 3, warnings: [] })
  expect(measured.tableBytes).toBeGreaterThan(50_000n)
  expect(measured.longestTransactionSeconds).toBe(0)
})

test('what waits on the source shows as lag, in bytes and seconds; what was applied does not', async () => {
  await using scene = await setFollowingScene()
  const { control, source, migration } = scene
  await waitFor(async () => (await control.stores.migrations.lagSamples(migration.id, 1)).length > 0, {
    describe: () => migration.situation(),
  })
  await migration.act('PAUSE')
  await migration.waitForStatus('PAUSED')
  await source.query(`insert into customer (name) select repeat('x', 1000) from generate_series(1, 5000)`)
  const behind = await look(scene)
  expect(behind.lagBytes).toBeGreaterThan(5_000_000n)
  expect(behind.lagSeconds).toBeGreaterThan(0)
  await migration.act('RESUME')
  await waitFor(async () => (await look(scene)).lagBytes < behind.lagBytes - 5_000_000n, {
    describe: () => migration.situation(),
  })
})

test('the longest transaction of others counts, and warns when it is old', async () => {
  await using scene = await setFollowingScene()
  await using other = await scene.source.connect()
  await other.query('begin')
  await waitFor(async () => (await look(scene)).longestTransactionSeconds > 0.1, {
    describe: () => 'a transaction that has lasted',
  })
  expect((await look(scene)).warnings).toEqual([])
})

test('a fence that the user of the source cannot put up is a warning, with the statements that mend it', async () => {
  await using role = await createRole('source')
  await using scene = await setFollowingScene()
  const { source } = scene
  const as = { ...settingsOf(source), user: role.user, password: role.password }
  await source.query(`grant select on all tables in schema public to "${role.user}"`)
  expect((await look(scene, { fencing: 'NONE', source: as })).warnings).toEqual([])
  const [warning, ...more] = (await look(scene, { fencing: 'READ_ONLY', source: as })).warnings
  expect(more).toEqual([])
  expect(warning).toMatchObject({ code: 'FENCE_NOT_POSSIBLE' })
  for (const statement of warning!.remedy.split(/(?<=;) /)) await source.query(statement)
  expect((await look(scene, { fencing: 'BLOCK_CONNECTIONS', source: as })).warnings).toEqual([])
})

test('another migration that reads from the source is a warning where a fence would stop it, as long as it does', async () => {
  await using scene = await setFollowingScene()
  await using target = await createDatabase('target')
  const { control, source } = scene
  const other = await TestMigration.create(control.stores, { source, target, label: ' 2' })
  expect((await look(scene, { fencing: 'READ_ONLY' })).warnings).toEqual([])
  await other.start()
  await other.waitForStep('INCREMENTAL')
  for (const fencing of ['READ_ONLY', 'BLOCK_CONNECTIONS'] as const) {
    const [warning, ...more] = (await look(scene, { fencing })).warnings
    expect(more).toEqual([])
    expect(warning).toMatchObject({ code: 'OTHER_MIGRATIONS' })
    const { name } = await other.read()
    expect(warning!.message).toContain(`${other.shortId} (${name}, RUNNING)`)
  }
  expect((await look(scene, { fencing: 'NONE' })).warnings).toEqual([])
  await other.act('CANCEL')
  await other.waitForStatus('CANCELLED')
  expect((await look(scene, { fencing: 'READ_ONLY' })).warnings).toEqual([])
})

test('a migration that begins to read from the source after the plan was made voids it', async () => {
  await using scene = await setFollowingScene()
  await using target = await createDatabase('target')
  const { control, source, migration } = scene
  const plan = await migration.plan({ fencing: 'READ_ONLY' })
  const other = await TestMigration.create(control.stores, { source, target, label: ' 2' })
  await other.start()
  await other.waitForStep('INCREMENTAL')
  await migration.complete(plan)
  await waitFor(async () => (await migration.read()).problem?.code === 'PLAN_VOID', {
    describe: () => migration.situation(),
  })
  expect((await migration.read()).problem?.message).toContain(other.shortId)
})

test('a slot that is gone is named', async () => {
  await using scene = await setFollowingScene()
  const subject = await scene.control.stores.cutovers.subject(scene.migration.id)
  const stream = { ...subject.stream, slotName: 'gone' }
  const measuring = measureCutover(
    {
      ...subject,
      stream,
      source: settingsOf(scene.source),
      target: settingsOf(scene.target),
      fencing: 'NONE',
    },
    AbortSignal.timeout(30_000),
  )
  await expect(measuring).rejects.toMatchObject({ code: 'SLOT_LOST' })
})
