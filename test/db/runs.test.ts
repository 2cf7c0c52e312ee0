import { expect, test } from 'vitest'
import {
  lsnFromBigInt,
  renderReport,
  type Lease,
  type RunStore,
  type SourceFence,
  type TableProgress,
} from '../../engine/index.ts'
import { fullReport } from '../support/completion-report.ts'
import {
  alice,
  claim,
  createMigration,
  makeRunning,
  openTestStores,
  reread,
  verifyReport,
} from './fixtures.ts'

const problem = { code: 'CONNECTION_LOST', message: 'The source is away.', remedy: 'Wait.' } as const
const hourMs = 3_600_000

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

test('what fences the source comes back as it was written down, until it is forgotten', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  const { runs, migrations } = control.stores
  const fence: SourceFence = {
    mode: 'READ_ONLY',
    since: new Date('2026-01-02T03:04:05.678Z'),
    sourceTime: '2026-01-02 03:04:05.678901+00',
    undo: ['ALTER DATABASE "d" RESET default_transaction_read_only'],
    reported: true,
  }
  await runs.saveStream(lease, { fence })
  await runs.saveStream(lease, { timeline: 7 })
  expect((await runs.load(lease)).stream).toMatchObject({ fence, timeline: 7 })
  expect(await migrations.fence(migration.shortId)).toEqual({ ...fence, givenUp: null })
  await runs.saveStream(lease, { fence: null })
  expect((await runs.load(lease)).stream.fence).toBeNull()
  expect(await migrations.fence(migration.id)).toBeNull()
})

const givenUp = { code: 'PAUSE_TOO_LONG', message: 'Too long.', remedy: 'Wait.' } as const

const ends: Record<string, (runs: RunStore, lease: Lease) => Promise<unknown>> = {
  'its refusal': (runs, lease) => runs.report(lease, 'COMPLETION_REFUSED', { problem }),
  'its failure': (runs, lease) => runs.report(lease, 'FAILED', { problem }),
}

test.each(Object.entries(ends))(
  'why a completion is given up is kept, with a fence and without, until %s',
  async (_name, end) => {
    await using control = await openTestStores()
    const { stores, database } = control
    const { migration, lease } = await makeRunning(stores)
    await database.query(`update godwit_control.migrations set status = 'COMPLETING'`)
    await stores.runs.saveStream(lease, { givenUp })
    await stores.runs.saveStream(lease, { fence: null })
    expect((await stores.runs.load(lease)).stream.givenUp).toEqual(givenUp)
    await end(stores.runs, lease)
    expect((await stores.runs.load(lease)).stream.givenUp).toBeNull()
    expect((await reread(stores, migration)).problem).toMatchObject(problem)
  },
)

test('a cancel ends the giving up of a completion, and so does its own end where that was written late', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  const { migration, lease } = await makeRunning(stores)
  await database.query(`update godwit_control.migrations set status = 'COMPLETING'`)
  await stores.runs.saveStream(lease, { givenUp })
  await stores.migrations.act({ migrationId: migration.id, action: 'CANCEL' }, alice)
  expect((await stores.runs.load(lease)).stream.givenUp).toBeNull()
  await stores.runs.saveStream(lease, { givenUp })
  await stores.runs.report(lease, 'CLEANED_UP')
  expect((await stores.runs.load(lease)).stream.givenUp).toBeNull()
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

test('failures are counted from the first on, and forgotten when things go well again', async () => {
  await using control = await openTestStores()
  const { runs } = control.stores
  const { migration, lease } = await makeRunning(control.stores)
  await runs.saveRetry(lease, { error: problem, delayMs: hourMs })
  const first = await runs.load(lease)
  expect(first).toMatchObject({ attempt: 1, firstFailureAt: expect.any(Date) })
  expect(first.migration).toMatchObject({
    status: 'RUNNING',
    version: migration.version,
    problem,
    nextAttemptAt: expect.any(Date),
  })
  await runs.saveRetry(lease, { error: { ...problem, message: 'Still away.' }, delayMs: hourMs })
  const second = await runs.load(lease)
  expect(second).toMatchObject({ attempt: 2, firstFailureAt: first.firstFailureAt })
  expect(second.migration.problem?.message).toBe('Still away.')
  await runs.clearRetry(lease)
  const cleared = await runs.load(lease)
  expect(cleared).toMatchObject({ attempt: 0, firstFailureAt: null })
  expect(cleared.migration).toMatchObject({ problem: null, nextAttemptAt: null })
  const events = await control.stores.events.readMigration(migration.id, 0n, 100)
  const retries = events.filter((event) => event.type === 'RETRY_SCHEDULED')
  expect(retries.map((event) => event.payload)).toEqual([
    { code: problem.code, remedy: problem.remedy, attempt: 1, delayMs: hourMs },
    { code: problem.code, remedy: problem.remedy, attempt: 2, delayMs: hourMs },
  ])
})

test('waiting for another migration is told of once and is no failure in a row, neither while it lasts nor afterwards', async () => {
  await using control = await openTestStores()
  const { runs, events } = control.stores
  const { migration, lease } = await makeRunning(control.stores)
  const wait = { ...problem, code: 'FENCED_BY_OTHER' } as const
  await runs.saveRetry(lease, { error: problem, delayMs: hourMs })
  const readRetries = async () =>
    (await events.readMigration(migration.id, 0n, 100)).flatMap(({ type, payload }) =>
      type === 'RETRY_SCHEDULED' ? [payload['code']] : [],
    )
  for (let n = 0; n < 5; n += 1) {
    await runs.saveRetry(lease, { error: wait, delayMs: hourMs, waits: true })
    expect(await runs.load(lease)).toMatchObject({
      attempt: 1,
      firstFailureAt: null,
      migration: { problem: wait, nextAttemptAt: expect.any(Date) },
    })
  }
  expect(await readRetries()).toEqual([problem.code, 'FENCED_BY_OTHER'])
  await runs.saveRetry(lease, { error: problem, delayMs: hourMs })
  expect(await runs.load(lease)).toMatchObject({ attempt: 2, firstFailureAt: expect.any(Date) })
  await runs.saveRetry(lease, { error: wait, delayMs: hourMs, waits: true })
  expect(await readRetries()).toEqual([problem.code, 'FENCED_BY_OTHER', problem.code, 'FENCED_BY_OTHER'])
})

test('a retry does not delay what a person has asked for since the worker last looked', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  await control.stores.migrations.act({ migrationId: migration.id, action: 'CANCEL' }, alice)
  await control.stores.runs.saveRetry(lease, { error: problem, delayMs: hourMs })
  expect(await reread(control.stores, migration)).toMatchObject({
    status: 'CANCELLING',
    nextAttemptAt: null,
    problem: null,
  })
  await control.stores.runs.load(lease)
  await control.stores.runs.saveRetry(lease, { error: problem, delayMs: hourMs })
  expect(await reread(control.stores, migration)).toMatchObject({ nextAttemptAt: expect.any(Date), problem })
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
