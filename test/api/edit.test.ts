import { expect, test } from 'vitest'
import { alice, createEndpoint, createMigration, makeReady, makeRunning, reread } from '../db/fixtures.ts'
import { startTestApi } from '../support/api.ts'
import { openWebSocket, subscribeByWebSocket } from './clients.ts'

test('a migration is created with tags, edited, and verified anew', async () => {
  await using api = await startTestApi()
  const [source, target] = [await createEndpoint(api.stores, 'old'), await createEndpoint(api.stores, 'new')]
  const created = await api.mutate<{ migration: { id: string } }>(
    'createMigration',
    { sourceId: source.id, targetId: target.id, tags: ['eu', ' shop '] },
    'migration { id tags deletable }',
  )
  expect(created).toMatchObject({ migration: { tags: ['eu', 'shop'], deletable: true } })
  const { id } = created.migration
  await makeReady(api.stores, await reread(api.stores, { id: uuidOf(id) }), 'passed')
  const other = await createEndpoint(api.stores, 'other')
  const answer = await api.mutate(
    'updateMigration',
    {
      id,
      name: 'Shop',
      tags: [],
      targetId: other.id,
      selection: { include: [{ schema: 'shop' }] },
      expectedVersion: 3,
    },
    'migration { name tags status version target { name } selection { include { schema } } kind { incremental } verifyReport { outcome } }',
  )
  expect(answer).toEqual({
    __typename: 'UpdateMigrationPayload',
    migration: {
      name: 'Shop',
      tags: [],
      status: 'DRAFT',
      version: 4,
      target: { name: 'other' },
      selection: { include: [{ schema: 'shop' }] },
      kind: { incremental: true },
      verifyReport: null,
    },
  })
})

function uuidOf(globalId: string): string {
  return Buffer.from(globalId, 'base64url').toString().split(':')[1] ?? ''
}

test('what an edit may not do is a typed error', async () => {
  await using api = await startTestApi()
  const { migration } = await makeRunning(api.stores)
  const id = migration.shortId
  const update = (input: object) =>
    api.mutate('updateMigration', { id, ...input }, 'migration { name version }')
  const kind = { incremental: false }
  expect(await update({ kind })).toMatchObject({ __typename: 'IllegalActionError', code: 'ILLEGAL_ACTION' })
  expect(await update({ name: 'x', expectedVersion: 1 })).toMatchObject({ __typename: 'StaleVersionError' })
  expect(await update({ name: '' })).toMatchObject({ __typename: 'ValidationError', field: 'name' })
  expect(await update({ tags: ['a', ''] })).toMatchObject({ __typename: 'ValidationError', field: 'tags[1]' })
  expect(await update({ sourceId: 'x' })).toMatchObject({ __typename: 'ValidationError', field: 'sourceId' })
  expect(await update({ id: 'm-9999', name: 'x' })).toMatchObject({ __typename: 'NotFoundError' })
  expect(await update({ name: 'Running', tags: ['x'] })).toMatchObject({ migration: { name: 'Running' } })
})

test('a migration is cloned, under a name of its own or that of the original', async () => {
  await using api = await startTestApi()
  const { shortId: id } = await createMigration(api.stores, { name: 'Shop', tags: ['eu'] })
  const fields = 'migration { name tags status events { nodes { payload } } }'
  expect(await api.mutate('cloneMigration', { id }, fields)).toMatchObject({
    migration: {
      name: 'Shop (copy)',
      tags: ['eu'],
      status: 'DRAFT',
      events: { nodes: [{ payload: { clonedFrom: id } }] },
    },
  })
  expect(await api.mutate('cloneMigration', { id, name: 'Other' }, fields)).toMatchObject({
    migration: { name: 'Other' },
  })
  expect(await api.mutate('cloneMigration', { id: 'm-9999' }, fields)).toMatchObject({ code: 'NOT_FOUND' })
})

test('a deleted migration is gone from every query, its events stay without it', async () => {
  await using api = await startTestApi()
  const { shortId, sourceId } = await createMigration(api.stores)
  const { data } = await api.query<{ migration: { id: string } }>(
    'query ($id: ID!) { migration(id: $id) { id } }',
    {
      id: shortId,
    },
  )
  const { id } = data!.migration
  expect(await api.mutate('deleteMigration', { id }, 'deletedMigrationId')).toEqual({
    __typename: 'DeleteMigrationPayload',
    deletedMigrationId: id,
  })
  const after = await api.query(
    'query ($id: ID!) { migration(id: $id) { id } node(id: $id) { id } migrations { nodes { id } } }',
    { id },
  )
  expect(after.data).toEqual({ migration: null, node: null, migrations: { nodes: [] } })
  expect(await api.mutate('deleteMigration', { id }, 'deletedMigrationId')).toMatchObject({
    code: 'NOT_FOUND',
  })
  expect(await api.mutate('deleteEndpoint', { id: sourceId }, 'deletedEndpointId')).toMatchObject({
    __typename: 'DeleteEndpointPayload',
  })
  await using feed = subscribeByWebSocket<{ events: { migration: unknown; payload?: unknown } }>(
    openWebSocket(api),
    'subscription { events(after: "0", filter: { types: [MIGRATION_DELETED] }) { ... on Event { payload migration { id } } } }',
  )
  const { data: told } = await feed.next()
  expect(told).toEqual({
    events: { payload: expect.objectContaining({ shortId }), migration: null },
  })
})

test('what may not be deleted says so before and after', async () => {
  await using api = await startTestApi()
  const { migration } = await makeRunning(api.stores)
  const { data } = await api.query('query ($id: ID!) { migration(id: $id) { deletable } }', {
    id: migration.shortId,
  })
  expect(data).toEqual({ migration: { deletable: false } })
  expect(await api.mutate('deleteMigration', { id: migration.id }, 'deletedMigrationId')).toMatchObject({
    __typename: 'IllegalActionError',
    code: 'ILLEGAL_ACTION',
  })
})

test('migrations are searched by tag, endpoint, text, time and status together', async () => {
  await using api = await startTestApi()
  const found = await createMigration(api.stores, { name: 'Web Shop', tags: ['eu', 'wave 1'] })
  await createMigration(api.stores, { name: 'Web Shop', tags: ['us'] })
  const search = async (filter: object) => {
    const answer = await api.query<{ migrations: { nodes: { shortId: string }[] } }>(
      'query ($filter: MigrationFilter) { migrations(filter: $filter) { nodes { shortId } } }',
      { filter },
    )
    return answer.data?.migrations.nodes.map(({ shortId }) => shortId) ?? answer.errors?.[0]?.extensions
  }
  const filter = {
    statuses: ['DRAFT'],
    tags: ['eu'],
    endpointId: found.sourceId,
    text: 'web sh',
    createdAfter: '2020-01-01T00:00:00Z',
    createdBefore: '2999-01-01T00:00:00Z',
  }
  expect(await search(filter)).toEqual([found.shortId])
  for (const other of [
    { statuses: ['READY'] },
    { tags: ['us'] },
    { endpointId: (await createEndpoint(api.stores, 'x')).id },
    { text: 'web_sh' },
    { createdAfter: '2999-01-01T00:00:00Z' },
    { createdBefore: '2020-01-01T00:00:00Z' },
  ]) {
    expect(await search({ ...filter, ...other })).toEqual([])
  }
  expect(await search({ endpointId: 'x' })).toMatchObject({ code: 'BAD_INPUT', field: 'filter.endpointId' })
  await api.stores.migrations.delete({ migrationId: found.id }, alice)
  expect(await search(filter)).toEqual([])
})
