import { expect, test } from 'vitest'
import { renderReport } from '../../engine/index.ts'
import { fullReport } from '../support/completion-report.ts'
import { alice, makeRunning, openTestStores, problem, reread } from './fixtures.ts'

test('a report moves the status by the transition table, with event and audit entry of the worker', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  const completing = await control.stores.runs.report(lease, 'COPY_FINISHED')
  expect(completing).toMatchObject({ status: 'COMPLETING', version: migration.version + 1 })
  const actor = { kind: 'worker', id: 'worker-1', name: 'worker-1' }
  const payload = { report: 'COPY_FINISHED', from: 'RUNNING', to: 'COMPLETING', version: completing.version }
  const event = (await control.stores.events.readMigration(migration.id, 0n, 100)).at(-1)
  expect(event).toMatchObject({ type: 'STATUS_CHANGED', actor, payload })
  const [entry] = (await control.stores.audit.list({ first: 1 })).items
  expect(entry?.item).toMatchObject({
    operation: 'migration.report',
    subjectId: migration.id,
    actor,
    details: payload,
  })
})

test('a report that the status does not allow changes nothing', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  await control.stores.migrations.act({ migrationId: migration.id, action: 'PAUSE' }, alice)
  const events = await control.stores.events.readMigration(migration.id, 0n, 100)
  await expect(control.stores.runs.report(lease, 'COPY_FINISHED')).rejects.toMatchObject({
    code: 'ILLEGAL_ACTION',
  })
  expect(await control.stores.events.readMigration(migration.id, 0n, 100)).toEqual(events)
  expect((await reread(control.stores, migration)).status).toBe('PAUSED')
})

test('a problem stays on the migration until a report without one', async () => {
  await using control = await openTestStores()
  const { runs } = control.stores
  const { migration, lease } = await makeRunning(control.stores)
  await runs.report(lease, 'COPY_FINISHED')
  const refused = await runs.report(lease, 'COMPLETION_REFUSED', { problem })
  expect(refused).toMatchObject({ status: 'RUNNING', problem: { ...problem, at: expect.any(Date) } })
  await runs.clearRetry(lease)
  expect((await reread(control.stores, migration)).problem).toMatchObject(problem)
  expect((await runs.report(lease, 'COPY_FINISHED')).problem).toBeNull()
})

test('what ends a migration is noted with its time', async () => {
  await using control = await openTestStores()
  const { lease } = await makeRunning(control.stores)
  await control.stores.runs.report(lease, 'COPY_FINISHED')
  const completed = await control.stores.runs.report(lease, 'FINISHED')
  expect(completed).toMatchObject({ status: 'COMPLETED', finishedAt: expect.any(Date) })
})

test('the report of completion comes back as it was, large numbers included', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  await control.stores.runs.saveCompletionReport(lease, fullReport)
  expect((await reread(control.stores, migration)).report).toEqual(fullReport)
  await control.stores.runs.saveCompletionReport(lease, { ...fullReport, drainedTo: null, comparison: [] })
  expect((await reread(control.stores, migration)).report).toMatchObject({ drainedTo: null, comparison: [] })
})

test('a completion that is refused or cancelled leaves no report of it', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  const { runs, migrations } = control.stores
  await runs.report(lease, 'COPY_FINISHED')
  await runs.saveCompletionReport(lease, fullReport)
  expect((await runs.report(lease, 'COMPLETION_REFUSED', { problem })).report).toBeNull()
  await runs.report(lease, 'COPY_FINISHED')
  await runs.saveCompletionReport(lease, fullReport)
  await migrations.act({ migrationId: migration.id, action: 'CANCEL' }, alice)
  expect((await reread(control.stores, migration)).report).toBeNull()
})

test('a release does not begin when somebody has cancelled just before', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  const { runs, migrations } = control.stores
  await runs.report(lease, 'COPY_FINISHED')
  await migrations.act({ migrationId: migration.id, action: 'CANCEL' }, alice)
  await expect(runs.saveStep(lease, { step: 'RELEASE', status: 'RUNNING' })).rejects.toMatchObject({
    code: 'STALE_VERSION',
  })
  const steps = await migrations.steps(migration.id)
  expect(steps.find(({ step }) => step === 'RELEASE')?.status).toBe('PENDING')
})

test.each(['RUNNING', 'DONE'] as const)('a release that is %s is not cancelled any more', async (status) => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  const { runs, migrations } = control.stores
  await runs.report(lease, 'COPY_FINISHED')
  await runs.saveStep(lease, { step: 'RELEASE', status })
  const cancel = migrations.act({ migrationId: migration.id, action: 'CANCEL' }, alice)
  await expect(cancel).rejects.toMatchObject({ code: 'ILLEGAL_ACTION' })
})

test('a report that an older version has stored can still be read', async () => {
  await using control = await openTestStores()
  const { migration } = await makeRunning(control.stores)
  const old = {
    rows: '12',
    bytes: '34',
    fullCopyMs: 5,
    appliedTransactions: '6',
    appliedChanges: '7',
    drainedTo: '0/10',
    pauseMs: 8,
    comparison: [{ schema: 'a', table: 'b', sourceRows: '1', targetRows: '1' }],
    alignedSequences: 9,
  }
  await control.database.query('update godwit_control.migrations set report = $1', [JSON.stringify(old)])
  const { report } = await reread(control.stores, migration)
  expect(report).toMatchObject({ rows: 12n, fencing: null, steps: [], decisions: [], cleanUp: [] })
  expect(report && renderReport(report)).toContain('| Rows copied | 12 |')
})
