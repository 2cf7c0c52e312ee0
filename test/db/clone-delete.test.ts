import { expect, test } from 'vitest'
import { v7 } from 'uuid'
import type { ControlStores } from '../../engine/index.ts'
import { waitFor } from '../support/servers.ts'
import {
  alice,
  bob,
  claim,
  createMigration,
  makeReady,
  makeRunning,
  openTestStores,
  rejectionOf,
  reread,
  waitForBlocked,
} from './fixtures.ts'

async function createCancelled(stores: ControlStores) {
  const draft = await createMigration(stores, { tags: ['eu', 'shop'], name: 'Shop' })
  return await stores.migrations.act({ migrationId: draft.id, action: 'CANCEL' }, alice)
}

test('a clone is a new draft with the settings and tags of the original, whatever became of that', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const selection = { include: [{ schema: 'shop' }], exclude: [] }
  const kind = { structure: true, fullCopy: true, incremental: false }
  const draft = await createMigration(stores, { tags: ['eu'], name: 'Shop', selection, kind })
  const original = await stores.migrations.act({ migrationId: draft.id, action: 'CANCEL' }, alice)
  const clone = await stores.migrations.clone({ migrationId: original.shortId }, bob)
  const { sourceId, targetId } = original
  expect(clone).toMatchObject({ sourceId, targetId, selection, kind, tags: ['eu'], name: 'Shop (copy)' })
  expect(clone).toMatchObject({ status: 'DRAFT', version: 1, finishedAt: null })
  expect(clone.id).not.toBe(original.id)
  expect(await stores.migrations.steps(clone.id)).toEqual(await stores.migrations.steps(original.id))
  const [event] = await stores.events.readMigration(clone.id, 0n, 10)
  expect(event).toMatchObject({
    type: 'MIGRATION_CREATED',
    actor: bob.actor,
    message: expect.stringContaining(`a copy of ${original.shortId}`),
    payload: { clonedFrom: original.shortId },
  })
  const [entry] = (await stores.audit.list({ first: 1 })).items
  expect(entry?.item).toMatchObject({
    operation: 'migration.clone',
    subjectId: clone.id,
    details: { clonedFrom: original.id },
  })
})

test('a clone may have a name of its own; a long one that is marked stays within the limit', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const { id } = await createMigration(stores, { name: 'x'.repeat(200) })
  expect((await stores.migrations.clone({ migrationId: id, name: 'Other' }, alice)).name).toBe('Other')
  const { name } = await stores.migrations.clone({ migrationId: id }, alice)
  expect(name).toBe(`${'x'.repeat(193)} (copy)`)
  await expect(stores.migrations.clone({ migrationId: id, name: '' }, alice)).rejects.toMatchObject({
    code: 'BAD_INPUT',
    field: 'name',
  })
})

test('without its endpoints, or itself, nothing is cloned', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const { id, sourceId } = await createCancelled(stores)
  await stores.endpoints.delete(sourceId, alice)
  await expect(stores.migrations.clone({ migrationId: id }, alice)).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining(sourceId),
  })
  await expect(stores.migrations.clone({ migrationId: v7() }, alice)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
})

test('a repeated clone makes one', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const { id, shortId } = await createMigration(stores)
  const context = { ...alice, idempotencyKey: 'key-1' }
  const first = await stores.migrations.clone({ migrationId: id }, context)
  expect(await stores.migrations.clone({ migrationId: shortId }, context)).toEqual(first)
  expect((await stores.migrations.list({}, {})).items).toHaveLength(2)
})

test('a deleted migration is nowhere, but in the feed of events and the audit log', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const gone = await createCancelled(stores)
  const other = await createMigration(stores)
  expect(await stores.migrations.delete({ migrationId: gone.shortId }, bob)).toBe(gone.id)
  expect(await stores.migrations.find(gone.id)).toBeNull()
  expect(await stores.migrations.find(gone.shortId)).toBeNull()
  expect((await stores.migrations.list({}, {})).items.map(({ item }) => item.id)).toEqual([other.id])
  const attempts = [
    () => stores.migrations.act({ migrationId: gone.id, action: 'VERIFY' }, alice),
    () => stores.migrations.update({ migrationId: gone.id, name: 'x' }, alice),
    () => stores.migrations.clone({ migrationId: gone.id }, alice),
    () => stores.migrations.delete({ migrationId: gone.id }, alice),
    () => stores.queue.setPriority({ migrationId: gone.id, priority: 1 }, alice),
  ]
  for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'NOT_FOUND' })
  const readFeed = async () =>
    (await stores.events.readAll(null, 100)).filter((event) => event.migrationId === gone.id)
  // Transactions of other tests on the server hold the feed up for a moment.
  await waitFor(async () => (await readFeed()).length > 2)
  const feed = await readFeed()
  expect(feed.map((event) => event.type)).toEqual([
    'MIGRATION_CREATED',
    'STATUS_CHANGED',
    'MIGRATION_DELETED',
  ])
  expect(feed.at(-1)).toMatchObject({
    actor: bob.actor,
    payload: { name: 'Shop', shortId: gone.shortId, status: 'CANCELLED' },
  })
  const [entry] = (await stores.audit.list({ first: 1 })).items
  expect(entry?.item).toMatchObject({ operation: 'migration.delete', subjectId: gone.id, actor: bob.actor })
})

test('the endpoints of a deleted draft may be deleted, those of one that is there may not', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const draft = await createMigration(stores)
  await expect(stores.endpoints.delete(draft.sourceId, alice)).rejects.toMatchObject({ code: 'IN_USE' })
  await stores.migrations.delete({ migrationId: draft.id }, alice)
  await stores.endpoints.delete(draft.sourceId, alice)
  await stores.endpoints.delete(draft.targetId, alice)
})

test('what a worker is at, or what may have left something on a server, is not deleted', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const { migration } = await makeRunning(stores)
  const remove = async () => await stores.migrations.delete({ migrationId: migration.id }, alice)
  await expect(remove()).rejects.toMatchObject({
    code: 'ILLEGAL_ACTION',
    remedy: expect.stringContaining('Cancel it first'),
  })
  await stores.migrations.act({ migrationId: migration.id, action: 'CANCEL' }, alice)
  await expect(remove()).rejects.toMatchObject({
    code: 'ILLEGAL_ACTION',
    remedy: expect.stringContaining('Wait'),
  })
  expect((await reread(stores, migration)).status).toBe('CANCELLING')
})

test('a delete of a stale version is refused, and a repeated one is done once', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const { id: migrationId } = await createMigration(stores)
  await expect(stores.migrations.delete({ migrationId, expectedVersion: 7 }, alice)).rejects.toMatchObject({
    code: 'STALE_VERSION',
  })
  const context = { ...alice, idempotencyKey: 'key-1' }
  expect(await stores.migrations.delete({ migrationId, expectedVersion: 1 }, context)).toBe(migrationId)
  expect(await stores.migrations.delete({ migrationId, expectedVersion: 1 }, context)).toBe(migrationId)
  const events = await stores.events.readMigration(migrationId, 0n, 10)
  expect(events.filter((event) => event.type === 'MIGRATION_DELETED')).toHaveLength(1)
})

test('a create that is repeated after its migration was deleted makes no second one', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const { sourceId, targetId, selection, kind } = await createMigration(stores)
  const context = { ...alice, idempotencyKey: 'key-1' }
  const input = { sourceId, targetId, selection, kind }
  const made = await stores.migrations.create(input, context)
  await stores.migrations.delete({ migrationId: made.id }, alice)
  expect((await stores.migrations.create(input, context)).id).toBe(made.id)
  expect(await stores.migrations.find(made.id)).toBeNull()
})

test('of a delete and a verify at once, one finds what the other left', async () => {
  await using control = await openTestStores()
  await using other = await control.open()
  const { stores, database } = control
  for (const first of ['delete', 'verify'] as const) {
    const { id: migrationId } = await createMigration(stores)
    const remove = async () => await stores.migrations.delete({ migrationId }, alice)
    const verify = async () => await other.migrations.act({ migrationId, action: 'VERIFY' }, bob)
    await using holder = await database.connect()
    await holder.query('begin')
    await holder.query('select from godwit_control.migrations where id = $1 for update', [migrationId])
    const one = rejectionOf(first === 'delete' ? remove() : verify())
    await waitForBlocked(database, 1)
    const two = rejectionOf(first === 'delete' ? verify() : remove())
    await waitForBlocked(database, 2)
    await holder.query('commit')
    expect(await one).toBeUndefined()
    expect(await two).toMatchObject({ code: first === 'delete' ? 'NOT_FOUND' : 'ILLEGAL_ACTION' })
  }
})

test('a worker that still holds the lease of what was deleted finds nothing to do, and gives it back', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const ready = await makeReady(stores, await createMigration(stores), 'passed')
  await stores.migrations.act({ migrationId: ready.id, action: 'VERIFY' }, alice)
  const lease = await claim(stores, ready.id)
  await stores.runs.report(lease, 'VERIFY_REFUSED')
  await stores.migrations.delete({ migrationId: ready.id }, alice)
  expect((await stores.runs.load(lease)).migration.status).toBe('VERIFY_FAILED')
  await stores.leases.release(lease)
  expect(await stores.leases.claim(ready.id, 'worker-2', 60_000)).toBeNull()
})
