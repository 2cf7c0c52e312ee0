import { expect, test } from 'vitest'
import { readFenceState } from '../../../support/fence-state.ts'
import { createRole, waitFor } from '../../../support/servers.ts'
import { ledgerSql, startWriters } from '../../../support/writers.ts'
import { setWorkedScene, shopSql } from '../scene.ts'
import {
  eventsOf,
  expectNothingLost,
  idsOf,
  lockTarget,
  reachIncremental,
  waitForRefusal,
} from './cutover-scene.ts'

for (const fencing of ['READ_ONLY', 'BLOCK_CONNECTIONS'] as const) {
  test(`writers of several roles lose nothing in a cutover with ${fencing}, and the source stays fenced`, async () => {
    await using plain = await createRole('source')
    await using own = await createRole('source')
    await using scene = await setWorkedScene({ sql: shopSql + ledgerSql })
    const { source, migration } = scene
    await source.query(`alter role ${own.user} set default_transaction_read_only = off`)
    const before = await readFenceState(source)
    await reachIncremental(scene)
    await using writers = await startWriters(source, [plain, own, null, null])
    await migration.complete(await migration.plan({ fencing }))
    const { report } = await migration.waitForStatus('COMPLETED')
    await writers.stop()

    await expectNothingLost(scene, writers)
    expect(report).toMatchObject({ fencing, pauseMs: expect.any(Number), compareMs: expect.any(Number) })
    expect(report!.pauseMs).toBeGreaterThanOrEqual(report!.compareMs!)
    expect(report!.steps.map(({ step }) => step)).toEqual(
      expect.arrayContaining(['FULL_COPY', 'FENCE', 'DRAIN', 'ALIGN', 'COMPARE', 'RELEASE']),
    )
    await using late = await source.connect()
    await expect(late.query(`insert into ledger values (-1, 0)`)).rejects.toMatchObject({ code: '25006' })

    const fence = await scene.control.stores.migrations.fence(migration.id)
    expect(fence?.mode).toBe(fencing)
    for (const statement of fence!.undo) await late.query(`begin read write; ${statement}; commit`)
    expect(await readFenceState(late)).toEqual(before)
    expect(report!.cleanUp.find(({ side }) => side === 'SOURCE')?.statements).toEqual(
      fence!.undo.map((statement) => `${statement};`),
    )
  })
}

test('what has come before the fence is applied before it: writers do not wait for that', async () => {
  await using scene = await setWorkedScene({ sql: shopSql + ledgerSql })
  const { source, target, control, migration } = scene
  await reachIncremental(scene)
  const plan = await migration.plan({ fencing: 'READ_ONLY' })
  await using held = await lockTarget(target, 'ledger')
  await source.query('insert into ledger values (1, 1)')
  await held.reached()
  const before = await held.waiting()
  await migration.complete(plan)
  await waitFor(async () => (await held.waiting()).some((pid) => !before.includes(pid)), {
    describe: () => migration.situation(),
  })
  expect(await control.stores.migrations.fence(migration.id)).toBeNull()
  await source.query('insert into ledger values (2, 2)')
  await held.release()
  await migration.waitForStatus('COMPLETED')
  expect(await idsOf(target)).toEqual(['1', '2'])
})

test('without a fence nothing is changed on the source, and the step says so', async () => {
  await using scene = await setWorkedScene()
  const { source, control, migration } = scene
  const before = await readFenceState(source)
  await reachIncremental(scene)
  await migration.complete(await migration.plan({ fencing: 'NONE', quietMs: 100 }))
  const { report } = await migration.waitForStatus('COMPLETED')
  expect(report?.fencing).toBe('NONE')
  const steps = await control.stores.migrations.steps(migration.id)
  expect(steps.find(({ step }) => step === 'FENCE')?.detail).toContain('not fenced')
  expect(await readFenceState(source)).toEqual(before)
  expect(await control.stores.migrations.fence(migration.id)).toBeNull()
})

test('writes that go on without a fence are counted, and incremental goes on with them', async () => {
  await using scene = await setWorkedScene({ sql: shopSql + ledgerSql })
  const { source, migration } = scene
  await reachIncremental(scene)
  await using writers = await startWriters(source, [null])
  await migration.complete(await migration.plan({ fencing: 'NONE', quietMs: 300, maxPauseMs: 3_000 }))
  expect(await waitForRefusal(scene, 'WRITES_NOT_STOPPED')).toMatch(/ [1-9]\d* changes/)
  await writers.stop()
  await waitFor(async () => (await idsOf(scene.target)).length === (await idsOf(source)).length, {
    describe: () => migration.situation(),
  })
  await expectNothingLost(scene, writers)
})

test('writes that stop a little after the call are waited for', async () => {
  await using scene = await setWorkedScene({ sql: shopSql + ledgerSql })
  const { source, migration, control } = scene
  await reachIncremental(scene)
  await using writers = await startWriters(source, [null])
  await migration.complete(await migration.plan({ fencing: 'NONE', quietMs: 300 }))
  await waitFor(
    async () => {
      const steps = await control.stores.migrations.steps(migration.id)
      return steps.find(({ step }) => step === 'DRAIN')?.detail?.includes('changes came after the call')
    },
    { describe: () => migration.situation() },
  )
  await writers.stop()
  await migration.waitForStatus('COMPLETED')
  await expectNothingLost(scene, writers)
})

test('a session that makes itself writable is found out before the release, and the fence is lifted', async () => {
  await using scene = await setWorkedScene({ sql: `${shopSql}${ledgerSql} insert into ledger values (7, 0)` })
  const { source, target, migration } = scene
  const before = await readFenceState(source)
  await reachIncremental(scene)
  await using holder = await target.connect()
  await holder.query('begin; lock table customer in access exclusive mode')
  await migration.complete(await migration.plan({ fencing: 'READ_ONLY' }))
  await migration.waitForStep('COMPARE')
  await using cheater = await source.connect({ options: '-c default_transaction_read_only=off' })
  // The same number of rows: only the log of changes tells.
  await cheater.query('update ledger set writer = 9')
  await holder.query('commit')
  expect(await waitForRefusal(scene, 'WRITES_NOT_STOPPED')).toMatch(/^1 changes/)
  expect((await migration.read()).problem?.remedy).toContain('BLOCK_CONNECTIONS')
  await using session = await source.connect()
  expect(await readFenceState(session)).toEqual(before)
  await waitFor(async () => (await target.query('select from ledger where writer = 9')).rowCount === 1, {
    describe: () => migration.situation(),
  })
})

test('a pause that gets too long is given up: writers go on, and so does incremental', async () => {
  await using scene = await setWorkedScene({ sql: shopSql + ledgerSql })
  const { source, target, migration } = scene
  const before = await readFenceState(source)
  await reachIncremental(scene)
  await using writers = await startWriters(source, [null])
  await using holder = await target.connect()
  await holder.query('begin; lock table customer in access exclusive mode')
  await migration.complete(await migration.plan({ fencing: 'READ_ONLY', maxPauseMs: 3_000 }))
  await waitForRefusal(scene, 'PAUSE_TOO_LONG')
  await holder.query('rollback')
  await using session = await source.connect()
  expect(await readFenceState(session)).toEqual(before)
  const atRefusal = writers.committed.size
  await waitFor(() => writers.committed.size > atRefusal + 10)
  await writers.stop()
  await waitFor(async () => (await idsOf(target)).length >= writers.committed.size, {
    describe: () => migration.situation(),
  })
  await expectNothingLost(scene, writers)
  expect(await eventsOf(scene, 'SOURCE_UNFENCED')).toHaveLength(1)
})

test('a target that does not answer any more does not keep writers waiting for longer than was asked for', async () => {
  await using scene = await setWorkedScene({ sql: shopSql + ledgerSql })
  const { source, target, migration } = scene
  const before = await readFenceState(source)
  await reachIncremental(scene)
  await using compared = await lockTarget(target, 'customer')
  await using owned = await target.connect()
  await migration.complete(await migration.plan({ fencing: 'READ_ONLY', maxPauseMs: 8_000 }))
  await migration.waitForStep('COMPARE')
  await compared.reached()
  // The next attempt waits here, before the first step.
  await owned.query('begin; select from godwit.progress for share')
  await target.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name like 'godwit %'`,
  )
  await waitForRefusal(scene, 'PAUSE_TOO_LONG')
  await owned.query('commit')
  await using session = await source.connect()
  expect(await readFenceState(session)).toEqual(before)
})

test('a prepared transaction refuses the cutover with its gid, and nothing is fenced', async () => {
  await using scene = await setWorkedScene()
  const { source, migration } = scene
  await reachIncremental(scene)
  await source.query(`begin; insert into customer (name) values ('later'); prepare transaction 'open one'`)
  await migration.complete(await migration.plan({ fencing: 'READ_ONLY' }))
  expect(await waitForRefusal(scene, 'FENCE_FAILED')).toContain('open one')
  await source.query(`commit prepared 'open one'`)
  await source.query(`insert into customer (name) values ('afterwards')`)
})
