import { expect, test } from 'vitest'
import { parseLsn, renderReport } from '../../engine/index.ts'
import { createMigration, makeRunning } from '../db/fixtures.ts'
import { startTestApi } from '../support/api.ts'
import { fullReport } from '../support/completion-report.ts'

test('the progress of tables is summed up, filtered and paged by name', async () => {
  await using api = await startTestApi()
  const { migration, lease } = await makeRunning(api.stores)
  const table = (name: string, status: 'PENDING' | 'COPYING' | 'COPIED', copiedRows: bigint) => ({
    schema: 'shop',
    table: name,
    status,
    estimatedRows: name === 'c' ? null : 10.4,
    sizeBytes: 2n ** 53n + 1n,
    copiedRows,
    copiedBytes: copiedRows * 8n,
  })
  await api.stores.runs.saveTables(lease, [
    table('b', 'COPYING', 5n),
    table('a', 'COPIED', 10n),
    table('c', 'PENDING', 0n),
  ])
  const { data, errors } = await api.query<{ migration: { first: { pageInfo: { endCursor: string } } } }>(
    `query ($id: ID!) {
      migration(id: $id) {
        progress { tables copiedTables estimatedRows sizeBytes copiedRows copiedBytes }
        first: tables(first: 2) { nodes { table estimatedRows sizeBytes } pageInfo { hasNextPage endCursor } }
        copied: tables(filter: { status: COPIED }) { nodes { schema table status copiedRows copiedBytes } }
      }
    }`,
    { id: migration.id },
  )
  expect(errors).toBeUndefined()
  expect(data).toMatchObject({
    migration: {
      progress: {
        tables: 3,
        copiedTables: 1,
        estimatedRows: '20',
        sizeBytes: String(3n * (2n ** 53n + 1n)),
        copiedRows: '15',
        copiedBytes: '120',
      },
      first: {
        nodes: [
          { table: 'a', estimatedRows: '10', sizeBytes: '9007199254740993' },
          { table: 'b', estimatedRows: '10' },
        ],
        pageInfo: { hasNextPage: true },
      },
      copied: {
        nodes: [{ schema: 'shop', table: 'a', status: 'COPIED', copiedRows: '10', copiedBytes: '80' }],
      },
    },
  })
  const rest = await api.query(
    'query ($id: ID!, $after: String) { migration(id: $id) { tables(after: $after) { nodes { table estimatedRows } } } }',
    { id: migration.id, after: data?.migration.first.pageInfo.endCursor },
  )
  expect(rest.data).toEqual({ migration: { tables: { nodes: [{ table: 'c', estimatedRows: null }] } } })
})

test('lag is shown as it is now and as it was, oldest first', async () => {
  await using api = await startTestApi()
  const { migration, lease } = await makeRunning(api.stores)
  for (const bytes of [300n, 200n, 100n]) {
    await api.stores.runs.addLagSample(lease, {
      bytes,
      seconds: Number(bytes) / 1000,
      retainedBytes: 5000n,
      walStatus: 'extended',
      safeWalBytes: 2n ** 60n,
      oldestTransactionSeconds: 1.5,
      sourceLsn: parseLsn('16/B374D848'),
      appliedLsn: parseLsn('16/B374D000'),
      appliedTransactions: 7n,
      appliedChanges: 9n,
    })
  }
  const { data } = await api.query(
    `query ($id: ID!) {
      migration(id: $id) {
        lag { bytes seconds retainedBytes walStatus safeWalBytes oldestTransactionSeconds sourceLsn appliedLsn appliedTransactions appliedChanges }
        lagHistory(limit: 2) { bytes }
      }
    }`,
    { id: migration.shortId },
  )
  expect(data).toEqual({
    migration: {
      lag: {
        bytes: '100',
        seconds: 0.1,
        retainedBytes: '5000',
        walStatus: 'EXTENDED',
        safeWalBytes: String(2n ** 60n),
        oldestTransactionSeconds: 1.5,
        sourceLsn: '16/B374D848',
        appliedLsn: '16/B374D000',
        appliedTransactions: '7',
        appliedChanges: '9',
      },
      lagHistory: [{ bytes: '200' }, { bytes: '100' }],
    },
  })
})

test.each([0, 1001])('a lag history of %s samples is refused', async (limit) => {
  await using api = await startTestApi()
  const { shortId: id } = await createMigration(api.stores)
  const { errors } = await api.query(
    'query ($id: ID!, $limit: Int!) { migration(id: $id) { lagHistory(limit: $limit) { at } } }',
    { id, limit },
  )
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_INPUT', field: 'limit' } }])
})

test('the steps say where they are', async () => {
  await using api = await startTestApi()
  const { migration, lease } = await makeRunning(api.stores)
  await api.stores.runs.saveStep(lease, { step: 'PREPARE', status: 'DONE', detail: 'slot made' })
  const { data } = await api.query<{ migration: { steps: object[] } }>(
    'query ($id: ID!) { migration(id: $id) { steps { name status detail startedAt finishedAt } } }',
    { id: migration.id },
  )
  expect(data?.migration.steps[0]).toMatchObject({ name: 'PREPARE', status: 'DONE', detail: 'slot made' })
})

test('a completed migration has its report', async () => {
  await using api = await startTestApi()
  const { migration, lease } = await makeRunning(api.stores)
  await api.stores.runs.report(lease, 'COPY_FINISHED')
  await api.stores.runs.saveCompletionReport(lease, {
    ...fullReport,
    rows: 12n,
    bytes: 2n ** 60n,
    fullCopyMs: 1500,
    appliedTransactions: 3n,
    appliedChanges: 4n,
    drainedTo: parseLsn('0/10'),
    pauseMs: 12.5,
    comparison: [
      { schema: 'shop', table: 'a', sourceRows: 12n, targetRows: 12n },
      { schema: 'shop', table: 'b', sourceRows: 1n, targetRows: 0n },
    ],
    alignedSequences: 2,
  })
  await api.stores.runs.report(lease, 'FINISHED')
  const { data } = await api.query(
    `query ($id: ID!) {
      migration(id: $id) {
        status finishedAt availableActions
        report {
          rows bytes fullCopy appliedTransactions appliedChanges drainedTo pause alignedSequences
          comparison { table sourceRows targetRows isEqual }
          source { host port database user } steps { name duration } fencing predictedPause compareDuration
          refreshedViews requestedBy decisions { person decision reason } breakGlass { person reason }
          acceptedWarnings cleanUp { side what statements }
        }
      }
    }`,
    { id: migration.id },
  )
  expect(data).toEqual({
    migration: {
      status: 'COMPLETED',
      finishedAt: expect.stringMatching(/Z$/),
      availableActions: [],
      report: {
        rows: '12',
        bytes: '1152921504606846976',
        fullCopy: 'PT1.5S',
        appliedTransactions: '3',
        appliedChanges: '4',
        drainedTo: '0/10',
        pause: 'PT0.013S',
        alignedSequences: 2,
        comparison: [
          { table: 'a', sourceRows: '12', targetRows: '12', isEqual: true },
          { table: 'b', sourceRows: '1', targetRows: '0', isEqual: false },
        ],
        source: fullReport.source,
        steps: [{ name: 'FENCE', duration: 'PT0.12S' }],
        fencing: 'READ_ONLY',
        predictedPause: 'PT1.5S',
        compareDuration: 'PT0.002S',
        refreshedViews: 1,
        requestedBy: 'alice',
        decisions: fullReport.decisions,
        breakGlass: fullReport.breakGlass,
        acceptedWarnings: ['wal-retention'],
        cleanUp: fullReport.cleanUp,
      },
    },
  })
})

test('a report is there as Markdown, too', async () => {
  await using api = await startTestApi()
  const { migration, lease } = await makeRunning(api.stores)
  await api.stores.runs.saveCompletionReport(lease, fullReport)
  const { data } = await api.query('query ($id: ID!) { migration(id: $id) { report { markdown } } }', {
    id: migration.id,
  })
  expect(data).toEqual({ migration: { report: { markdown: renderReport(fullReport) } } })
})

test('a fence is shown with the statements that take it away', async () => {
  await using api = await startTestApi()
  const { migration, lease } = await makeRunning(api.stores)
  const query = 'query ($id: ID!) { migration(id: $id) { fence { mode since statements givenUp } } }'
  expect((await api.query(query, { id: migration.id })).data).toEqual({ migration: { fence: null } })
  await api.stores.runs.saveStream(lease, {
    fence: {
      mode: 'READ_ONLY',
      since: new Date('2026-01-02T03:04:05.000Z'),
      sourceTime: '2026-01-02 03:04:05+00',
      undo: ['ALTER DATABASE "d" RESET default_transaction_read_only'],
      reported: false,
    },
  })
  const fence = {
    mode: 'READ_ONLY',
    since: '2026-01-02T03:04:05.000Z',
    statements: ['ALTER DATABASE "d" RESET default_transaction_read_only;'],
    givenUp: false,
  }
  expect((await api.query(query, { id: migration.id })).data).toEqual({ migration: { fence } })
  await api.stores.runs.saveStream(lease, {
    givenUp: { code: 'PAUSE_TOO_LONG', message: 'Too long.', remedy: 'Wait.' },
  })
  expect((await api.query(query, { id: migration.id })).data).toEqual({
    migration: { fence: { ...fence, givenUp: true } },
  })
})

test('events are paged oldest first, by cursors that do for any page size', async () => {
  await using api = await startTestApi()
  const { migration, lease } = await makeRunning(api.stores)
  for (const message of ['one', 'two', 'three'])
    await api.stores.runs.appendEvent(lease, { type: 'NOTE', message })
  const seen: string[] = []
  let after: string | null = null
  for (let hasNextPage = true; hasNextPage;) {
    type Page = {
      migration: {
        events: { nodes: { sequence: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } }
      }
    }
    const { data }: { data?: Page | null } = await api.query<Page>(
      `query ($id: ID!, $after: EventCursor) {
        migration(id: $id) { events(first: 2, after: $after) { nodes { sequence } pageInfo { hasNextPage endCursor } } }
      }`,
      { id: migration.id, after },
    )
    const page: Page['migration']['events'] = data!.migration.events
    seen.push(...page.nodes.map(({ sequence }) => sequence))
    after = page.pageInfo.endCursor
    hasNextPage = page.pageInfo.hasNextPage
  }
  const all = await api.stores.events.readMigration(migration.id, 0n, 100)
  expect(seen).toEqual(all.map(({ sequence }) => String(sequence)))
})

test('events after a cursor of another migration are refused', async () => {
  await using api = await startTestApi()
  const [one, other] = [await createMigration(api.stores), await createMigration(api.stores)]
  const { data } = await api.query<{ migration: { events: { nodes: { cursor: string }[] } } }>(
    'query ($id: ID!) { migration(id: $id) { events { nodes { cursor } } } }',
    { id: one.id },
  )
  const { errors } = await api.query(
    'query ($id: ID!, $after: EventCursor) { migration(id: $id) { events(after: $after) { nodes { id } } } }',
    { id: other.id, after: data!.migration.events.nodes[0]!.cursor },
  )
  expect(errors).toMatchObject([{ extensions: { code: 'CURSOR_EXPIRED' } }])
})

test('the endpoints of many migrations are read at once', async () => {
  let reads = 0
  await using api = await startTestApi({
    changeStores: (stores) => ({
      ...stores,
      endpoints: {
        ...stores.endpoints,
        findMany: (ids) => {
          reads++
          return stores.endpoints.findMany(ids)
        },
      },
    }),
  })
  for (let count = 0; count < 3; count++) await createMigration(api.stores)
  const { data } = await api.query<{ migrations: { nodes: object[] } }>(
    '{ migrations { nodes { source { name } target { name } } } }',
  )
  expect(data?.migrations.nodes).toHaveLength(3)
  expect(reads).toBe(1)
})
