import { expect, test } from 'vitest'
import { lsnFromBigInt, type Lease, type RunStore, type TableProgress } from '../../engine/index.ts'
import { fullReport } from '../support/completion-report.ts'
import {
  alice,
  claim,
  createMigration,
  makeRunning,
  openTestStores,
  problem,
  verifyReport,
} from './fixtures.ts'

const lag = {
  bytes: 12n,
  seconds: 1.5,
  retainedBytes: 9_007_199_254_740_993n,
  walStatus: 'unreserved' as const,
  safeWalBytes: 9_007_199_254_740_995n,
  oldestTransactionSeconds: 2.5,
  sourceLsn: lsnFromBigInt(0xffff_ffff_ffff_ffffn),
  appliedLsn: lsnFromBigInt(1n),
  appliedTransactions: 3n,
  appliedChanges: 4n,
}

function tableOf(table: string, change: Partial<TableProgress> = {}): TableProgress {
  const sizes = { estimatedRows: 10, sizeBytes: 100n, copiedRows: 0n, copiedBytes: 0n }
  return { schema: 'shop', table, status: 'PENDING', ...sizes, ...change }
}

const writes: Record<keyof RunStore, (runs: RunStore, lease: Lease) => Promise<unknown>> = {
  assertOwner: (runs, lease) => runs.assertOwner(lease),
  load: (runs, lease) => runs.load(lease),
  report: (runs, lease) => runs.report(lease, 'FAILED', { problem }),
  findShuttingOut: (runs, lease) => runs.findShuttingOut(lease),
  saveRetry: (runs, lease) => runs.saveRetry(lease, { error: problem, delayMs: 1 }),
  clearRetry: (runs, lease) => runs.clearRetry(lease),
  saveStep: (runs, lease) => runs.saveStep(lease, { step: 'PREPARE', status: 'RUNNING' }),
  saveStream: (runs, lease) => runs.saveStream(lease, { timeline: 1 }),
  recordFence: (runs, lease) =>
    runs.recordFence(lease, {
      mode: 'READ_ONLY',
      since: new Date(0),
      sourceTime: 'infinity',
      undo: [],
      reported: false,
    }),
  readOthers: (runs, lease) => runs.readOthers(lease),
  saveTables: (runs, lease) => runs.saveTables(lease, [tableOf('orders')]),
  clearTables: (runs, lease) => runs.clearTables(lease),
  addLagSample: (runs, lease) => runs.addLagSample(lease, lag),
  saveVerifyReport: (runs, lease) => runs.saveVerifyReport(lease, verifyReport('passed')),
  saveCompletionReport: (runs, lease) => runs.saveCompletionReport(lease, fullReport),
  acceptedWarnings: (runs, lease) => runs.acceptedWarnings(lease),
  appendEvent: (runs, lease) => runs.appendEvent(lease, { type: 'NOTE', message: 'seen' }),
}

test.each(Object.entries(writes))('%s needs the lease, still', async (_name, write) => {
  await using control = await openTestStores()
  const { lease } = await makeRunning(control.stores)
  const { runs } = control.stores
  await write(runs, lease)
  const lost = { code: 'LEASE_LOST' }
  await expect(write(runs, { ...lease, owner: 'worker-2' })).rejects.toMatchObject(lost)
  await expect(write(runs, { ...lease, epoch: lease.epoch - 1n })).rejects.toMatchObject(lost)
  await control.database.query(
    `update godwit_control.leases set lease_until = clock_timestamp() - interval '1 second'`,
  )
  await expect(write(runs, lease)).rejects.toMatchObject(lost)
})

test('a worker loads all that it saved', async () => {
  await using control = await openTestStores()
  const { runs } = control.stores
  const { migration, lease } = await makeRunning(control.stores)
  const stream = {
    consistentPoint: lsnFromBigInt(0x16_b374_d848n),
    systemIdentifier: '7300000000000000001',
    timeline: 2,
    drainTo: lsnFromBigInt(0x17_0000_0000n),
    heldBack: true,
  }
  await runs.saveStream(lease, stream)
  await runs.saveStream(lease, {})
  await runs.saveTables(lease, [
    tableOf('small'),
    tableOf('large', { sizeBytes: 1_000n, estimatedRows: null }),
  ])
  await runs.addLagSample(lease, { ...lag, bytes: 1n })
  await runs.addLagSample(lease, lag)
  const run = await runs.load(lease)
  expect(run.migration).toEqual(migration)
  const name = `godwit_${migration.shortId.replace('-', '_')}`
  expect(run.stream).toEqual({
    name: 'main',
    publicationName: name,
    slotName: name,
    fence: null,
    givenUp: null,
    ...stream,
  })
  expect(run.tables.map((table) => table.table)).toEqual(['large', 'small'])
  expect(run.tables[0]).toEqual(tableOf('large', { sizeBytes: 1_000n, estimatedRows: null }))
  expect(run.lastLag).toEqual({ at: expect.any(Date), ...lag, stalledSeconds: expect.any(Number) })
  expect(run.steps).toEqual(await control.stores.migrations.steps(migration.id))
  expect(run).toMatchObject({ attempt: 0, firstFailureAt: null })
})

test('the warnings that were accepted at the start are known at the end', async () => {
  await using control = await openTestStores()
  const { lease } = await makeRunning(control.stores)
  expect(await control.stores.runs.acceptedWarnings(lease)).toEqual([])
  await control.stores.runs.appendEvent(lease, {
    type: 'NOTE',
    message: 'started',
    payload: { acceptedWarnings: ['wal-retention', 'collation'] },
  })
  await control.stores.runs.appendEvent(lease, { type: 'NOTE', message: 'later' })
  expect(await control.stores.runs.acceptedWarnings(lease)).toEqual(['wal-retention', 'collation'])
})

test('a step that changes its status is an event, a new detail alone is not', async () => {
  await using control = await openTestStores()
  const { runs } = control.stores
  const { migration, lease } = await makeRunning(control.stores)
  const stepNow = async () => (await control.stores.migrations.steps(migration.id))[2]
  await runs.saveStep(lease, { step: 'FULL_COPY', status: 'RUNNING' })
  const started = await stepNow()
  expect(started).toMatchObject({
    status: 'RUNNING',
    startedAt: expect.any(Date),
    finishedAt: null,
    detail: null,
  })
  await runs.saveStep(lease, { step: 'FULL_COPY', status: 'RUNNING', detail: '3 of 7 tables' })
  await runs.saveStep(lease, { step: 'FULL_COPY', status: 'RUNNING' })
  expect(await stepNow()).toEqual({ ...started, detail: '3 of 7 tables' })
  await runs.saveStep(lease, { step: 'FULL_COPY', status: 'DONE' })
  expect(await stepNow()).toEqual({ ...started, status: 'DONE', finishedAt: expect.any(Date), detail: null })
  const events = await control.stores.events.readMigration(migration.id, 0n, 100)
  const changes = events.filter((event) => event.type === 'STEP_CHANGED')
  expect(changes.map((event) => event.payload)).toEqual([
    { step: 'FULL_COPY', from: 'PENDING', to: 'RUNNING', detail: null },
    { step: 'FULL_COPY', from: 'RUNNING', to: 'DONE', detail: null },
  ])
})

test('a step that is taken up again keeps its start, one that starts over does not', async () => {
  await using control = await openTestStores()
  const { runs } = control.stores
  const { migration, lease } = await makeRunning(control.stores)
  const save = async (status: 'RUNNING' | 'FAILED' | 'PENDING') => {
    await runs.saveStep(lease, { step: 'PREPARE', status })
    return (await control.stores.migrations.steps(migration.id))[0]
  }
  const started = await save('RUNNING')
  expect(await save('FAILED')).toMatchObject({ startedAt: started?.startedAt, finishedAt: expect.any(Date) })
  expect(await save('RUNNING')).toEqual(started)
  expect(await save('PENDING')).toMatchObject({ startedAt: null, finishedAt: null })
})

test('saving tables replaces those that are named and keeps the others', async () => {
  await using control = await openTestStores()
  const { runs } = control.stores
  const { migration, lease } = await makeRunning(control.stores)
  await runs.saveTables(lease, [tableOf('a'), tableOf('b')])
  const copied = tableOf('b', {
    status: 'COPIED',
    copiedRows: 10n,
    copiedBytes: 120n,
    sizeBytes: 101n,
    estimatedRows: 11,
  })
  await runs.saveTables(lease, [copied])
  const tables = (filter?: { status: TableProgress['status'] }) =>
    control.stores.migrations.tables(migration.shortId, filter)
  expect(await tables()).toEqual([copied, tableOf('a')])
  expect(await tables({ status: 'PENDING' })).toEqual([tableOf('a')])
  await runs.clearTables(lease)
  expect(await tables()).toEqual([])
})

test('more tables than one statement can take are saved, and none is not an error', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  const many = Array.from({ length: 9_000 }, (_, index) => tableOf(`t${index}`))
  await control.stores.runs.saveTables(lease, many)
  await control.stores.runs.saveTables(lease, [])
  expect(await control.stores.migrations.tables(migration.id)).toHaveLength(9_000)
})

test('progress is no event', async () => {
  await using control = await openTestStores()
  const { runs } = control.stores
  const { migration, lease } = await makeRunning(control.stores)
  const before = await control.stores.events.readMigration(migration.id, 0n, 100)
  await runs.saveTables(lease, [tableOf('a')])
  await runs.addLagSample(lease, lag)
  await runs.saveStream(lease, { timeline: 1 })
  await runs.clearTables(lease)
  expect(await control.stores.events.readMigration(migration.id, 0n, 100)).toEqual(before)
})

test('a report of verify replaces the former one, and is an event', async () => {
  await using control = await openTestStores()
  const draft = await createMigration(control.stores)
  await control.stores.migrations.act({ migrationId: draft.id, action: 'VERIFY' }, alice)
  expect(await control.stores.migrations.verifyReport(draft.id)).toBeNull()
  const lease = await claim(control.stores, draft.id)
  await control.stores.runs.saveVerifyReport(lease, verifyReport('failed'))
  const last = verifyReport('passed', 'warning', 'passed')
  await control.stores.runs.saveVerifyReport(lease, last)
  expect(await control.stores.migrations.verifyReport(draft.shortId)).toEqual(last)
  const event = (await control.stores.events.readMigration(draft.id, 0n, 100)).at(-1)
  expect(event).toMatchObject({
    type: 'VERIFY_FINISHED',
    payload: { outcome: 'warning', passed: 2, warnings: 1, failed: 0 },
  })
})

test('a worker appends events of its own', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  const payload = { objects: ['a', 'b'], rows: 3, done: true, what: null }
  await control.stores.runs.appendEvent(lease, { type: 'NOTE', message: 'Something.', payload })
  const event = (await control.stores.events.readMigration(migration.id, 0n, 100)).at(-1)
  expect(event).toMatchObject({ type: 'NOTE', message: 'Something.', payload, actor: { kind: 'worker' } })
})
