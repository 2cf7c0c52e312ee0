import { expect, test } from 'vitest'
import { openTestControl, startTestWorker, TestMigration } from '../../support/control.ts'
import { createDatabase, createRole, queryServer, waitFor, type TestDatabase } from '../../support/servers.ts'
import { setScene, shopSql } from './scene.ts'

/** A segment of the log is 16 MiB: after six, a calm plan does not hold any more. */
async function writeMuchLog(source: TestDatabase): Promise<void> {
  for (let segment = 0; segment < 6; segment += 1) {
    await source.query(`select pg_logical_emit_message(false, 'test', 'x')`)
    await source.query('select pg_switch_wal()')
  }
}

test('a lag that is worse at the execution voids the plan, and incremental goes on', async () => {
  await using scene = await setScene()
  const { control, source, target, migration } = scene
  {
    await using first = startTestWorker(control.stores)
    await migration.start()
    await migration.waitForStep('INCREMENTAL')
    void first
  }
  const plan = await migration.plan()
  await source.query(`insert into customer (name) values ('while nobody applies')`)
  await writeMuchLog(source)
  await migration.complete(plan)
  await using second = startTestWorker(control.stores)
  await waitFor(async () => (await migration.read()).problem?.code === 'PLAN_VOID', {
    describe: () => migration.situation(),
  })
  const refused = await migration.waitForStatus('RUNNING')
  expect(refused.problem?.message).toMatch(/lag is worse: from \d+ to \d+ bytes/)
  expect(await control.stores.cutovers.find(migration.id)).toMatchObject({
    digest: plan.digest,
    status: 'VOID',
    voidReason: refused.problem?.message,
  })
  expect(await migration.hasBegun('FENCE')).toBe(false)
  await waitFor(async () => (await target.query('select from customer')).rowCount === 101, {
    describe: () => migration.situation(),
  })
  await migration.complete()
  await migration.waitForStatus('COMPLETED')
  void second
})

test('a warning that is new at the execution voids the plan, and incremental goes on', async () => {
  await using control = await openTestControl()
  await using role = await createRole('source', { options: 'replication' })
  await queryServer('source', `grant pg_signal_backend to ${role.user}`)
  await using source = await createDatabase('source', { owner: role.user })
  await using target = await createDatabase('target')
  await using owner = await source.connect(role)
  await owner.query(shopSql)
  const migration = await TestMigration.create(control.stores, { source: { ...source, ...role }, target })
  await using worker = startTestWorker(control.stores)
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  const plan = await migration.plan({ fencing: 'READ_ONLY' })
  expect(plan.measured.warnings).toEqual([])

  await queryServer('source', `revoke pg_signal_backend from ${role.user}`)
  await migration.complete(plan)
  await waitFor(async () => (await migration.read()).problem?.code === 'PLAN_VOID', {
    describe: () => migration.situation(),
  })
  const refused = await migration.waitForStatus('RUNNING')
  expect(refused.problem?.message).toContain('FENCE_NOT_POSSIBLE')
  await owner.query(`insert into customer (name) values ('after the refusal')`)
  await waitFor(async () => (await target.query('select from customer')).rowCount === 101, {
    describe: () => migration.situation(),
  })
  const next = await migration.plan({ fencing: 'READ_ONLY' })
  expect(next.measured.warnings.map(({ code }) => code)).toEqual(['FENCE_NOT_POSSIBLE'])
  void worker
})
