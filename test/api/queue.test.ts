import { expect, test } from 'vitest'
import type { Migration } from '../../engine/index.ts'
import { alice, claim, createEndpoint, createMigration, makeReady } from '../db/fixtures.ts'
import { startTestApi, type TestApi } from '../support/api.ts'
import { openWebSocket, subscribeByWebSocket } from './clients.ts'

/** Started, all to one target. */
async function enqueue(api: TestApi, count: number): Promise<readonly Migration[]> {
  const { id: targetId } = await createEndpoint(api.stores, 'target')
  const queued: Migration[] = []
  while (queued.length < count) {
    const draft = await createMigration(api.stores, { targetId })
    await makeReady(api.stores, draft, 'passed')
    queued.push(await api.stores.migrations.act({ migrationId: draft.id, action: 'START' }, alice))
  }
  return queued
}

test('the queue shows its limits, and who waits for what', async () => {
  await using api = await startTestApi()
  const [first, second, third] = await enqueue(api, 3)
  await claim(api.stores, first!.id)
  const fields = 'position priority queuedAt waitingFor reason'
  const { data } = await api.query<{ queue: { entries: { nodes: unknown[] } } }>(
    `{ queue { perTarget overall entries { nodes { ${fields} migration { shortId } } } } }`,
  )
  const reason = expect.stringContaining(`target.example:5432/shop, which is taken by ${first!.shortId}`)
  const waiting = { priority: 0, queuedAt: expect.any(String), waitingFor: 'TARGET', reason }
  expect(data?.queue).toEqual({
    perTarget: 1,
    overall: 4,
    entries: {
      nodes: [
        { position: 1, ...waiting, migration: { shortId: second!.shortId } },
        { position: 2, ...waiting, migration: { shortId: third!.shortId } },
      ],
    },
  })
  const one = await api.query(
    `query ($id: ID!) { migration(id: $id) { priority queue { ${fields} } blockers { kind message remedy } } }`,
    { id: third!.shortId },
  )
  expect(one.data).toEqual({
    migration: {
      priority: 0,
      queue: { position: 2, ...waiting },
      blockers: [{ kind: 'WAITING_IN_QUEUE', message: reason, remedy: expect.any(String) }],
    },
  })
  const claimed = await api.query('query ($id: ID!) { migration(id: $id) { queue { position } } }', {
    id: first!.shortId,
  })
  expect(claimed.data).toEqual({ migration: { queue: null } })
})

test('the turns of many migrations are read at once', async () => {
  let reads = 0
  await using api = await startTestApi({
    changeStores: (stores) => ({
      ...stores,
      queue: {
        ...stores.queue,
        entries: () => {
          reads++
          return stores.queue.entries()
        },
      },
    }),
  })
  const queued = await enqueue(api, 3)
  const { shortId: draft } = await createMigration(api.stores)
  const { data } = await api.query<{ migrations: { nodes: { shortId: string }[] } }>(
    '{ migrations { nodes { shortId queue { position } blockers { kind } } } }',
  )
  const inQueue = queued.map(({ shortId }, index) => ({
    shortId,
    queue: { position: index + 1 },
    blockers: [{ kind: 'WAITING_IN_QUEUE' }],
  }))
  expect(data?.migrations.nodes.toSorted((a, b) => a.shortId.localeCompare(b.shortId))).toEqual(
    [...inQueue, { shortId: draft, queue: null, blockers: [] }].toSorted((a, b) =>
      a.shortId.localeCompare(b.shortId),
    ),
  )
  expect(reads).toBe(1)
})

test('who watches a migration sees its turn as it is, each time anew', async () => {
  await using api = await startTestApi({ api: { subscriptions: { pollMs: 50 } } })
  const [, second] = await enqueue(api, 2)
  await using subscription = subscribeByWebSocket<{
    migration: { priority: number; queue: { position: number } }
  }>(openWebSocket(api), 'subscription ($id: ID!) { migration(id: $id) { priority queue { position } } }', {
    id: second!.shortId,
  })
  expect((await subscription.next()).data?.migration).toEqual({ priority: 0, queue: { position: 2 } })
  await api.stores.queue.setPriority({ migrationId: second!.id, priority: 1 }, alice)
  expect((await subscription.next()).data?.migration).toEqual({ priority: 1, queue: { position: 1 } })
})

test('the queue is read page by page, in its order', async () => {
  await using api = await startTestApi()
  const queued = await enqueue(api, 3)
  await api.stores.queue.setPriority({ migrationId: queued[2]!.id, priority: 1 }, alice)
  const page = async (after: string | null) => {
    const { data } = await api.query<{
      queue: {
        entries: {
          nodes: { migration: { shortId: string } }[]
          pageInfo: { endCursor: string; hasNextPage: boolean }
        }
      }
    }>(
      `query ($after: String) {
        queue { entries(first: 2, after: $after) { nodes { migration { shortId } } pageInfo { endCursor hasNextPage } } }
      }`,
      { after },
    )
    return data!.queue.entries
  }
  const first = await page(null)
  const second = await page(first.pageInfo.endCursor)
  expect([...first.nodes, ...second.nodes].map((node) => node.migration.shortId)).toEqual(
    [queued[2], queued[0], queued[1]].map((migration) => migration!.shortId),
  )
  expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false])
})

test('an admin sets the limits; others may not, and nobody nonsense', async () => {
  await using api = await startTestApi()
  const answer = await api.mutate('updateQueueSettings', { overall: 8 }, 'queue { perTarget overall }')
  expect(answer).toEqual({
    __typename: 'UpdateQueueSettingsPayload',
    queue: { perTarget: 1, overall: 8 },
  })
  expect(await api.mutate('updateQueueSettings', { overall: 0 }, 'queue { overall }')).toMatchObject({
    __typename: 'ValidationError',
    code: 'BAD_INPUT',
    field: 'overall',
  })
  const { token } = await api.createToken(['approve'])
  const refused = await api.query(
    'mutation { updateQueueSettings(input: { overall: 9 }) { __typename } }',
    {},
    token,
  )
  expect(refused.errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  expect(await api.stores.queue.limits()).toEqual({ perTarget: 1, overall: 8 })
})

test('a priority is set, or refused with a typed error', async () => {
  await using api = await startTestApi()
  const { shortId: id } = await createMigration(api.stores)
  const set = (input: object) =>
    api.mutate('setMigrationPriority', { id, ...input }, 'migration { priority version }')
  expect(await set({ priority: 7, expectedVersion: 1, idempotencyKey: 'key-1' })).toMatchObject({
    migration: { priority: 7, version: 2 },
  })
  expect(await set({ priority: 7, expectedVersion: 1, idempotencyKey: 'key-1' })).toMatchObject({
    migration: { priority: 7, version: 2 },
  })
  expect(await set({ priority: 8, expectedVersion: 1 })).toMatchObject({ code: 'STALE_VERSION' })
  expect(await set({ priority: 101 })).toMatchObject({ __typename: 'ValidationError', field: 'priority' })
  expect(await set({ id: 'm-9999', priority: 1 })).toMatchObject({ code: 'NOT_FOUND' })
  await api.stores.migrations.act({ migrationId: id, action: 'CANCEL' }, alice)
  expect(await set({ priority: 1 })).toMatchObject({ __typename: 'IllegalActionError' })
})
