import { v7 } from 'uuid'
import { expect, test } from 'vitest'
import type { EndpointChange } from '../../engine/index.ts'
import {
  alice,
  connectionTo,
  createEndpoint,
  createMigration,
  makeReady,
  openTestStores,
  rejectionOf,
  waitForBlocked,
} from './fixtures.ts'

test('what is given changes, and the rest stays', async () => {
  await using control = await openTestStores()
  const { endpoints, audit } = control.stores
  const { id } = await createEndpoint(control.stores, 'shop')
  const before = connectionTo('shop.example')
  expect(await endpoints.update(id, { name: 'store', port: 6543 }, alice)).toMatchObject({
    id,
    name: 'store',
    port: 6543,
    host: 'shop.example',
    hasPassword: true,
  })
  expect(await endpoints.connection(id)).toEqual({ ...before, port: 6543 })
  const tls = { mode: 'verify-ca' as const, ca: 'PEM' }
  await endpoints.update(id, { password: 'hunter3', tls, host: 'h', database: 'd', user: 'u' }, alice)
  expect(await endpoints.connection(id)).toEqual({
    host: 'h',
    port: 6543,
    database: 'd',
    user: 'u',
    password: 'hunter3',
    tls,
  })
  const { items } = await audit.list({ first: 1 })
  expect(items[0]?.item).toMatchObject({
    operation: 'endpoint.update',
    details: { name: 'store', changed: ['password', 'tls', 'host', 'database', 'user'] },
  })
  expect(JSON.stringify(items)).not.toContain('hunter3')
})

test.each<[string, EndpointChange]>([
  ['host', { host: 'elsewhere' }],
  ['port', { port: 1 }],
  ['database', { database: 'other' }],
  ['user', { user: 'other' }],
])('%s stays while a migration that has looked at the database uses it', async (field, change) => {
  await using control = await openTestStores()
  const { endpoints, migrations } = control.stores
  const migration = await createMigration(control.stores)
  await endpoints.update(migration.sourceId, { host: 'draft.example' }, alice)
  await makeReady(control.stores, migration, 'passed')
  for (const id of [migration.sourceId, migration.targetId]) {
    await expect(endpoints.update(id, change, alice)).rejects.toMatchObject({
      code: 'IN_USE',
      message: expect.stringMatching(new RegExp(`${migration.shortId}.*: ${field} cannot`)),
    })
  }
  await endpoints.update(migration.sourceId, { name: 'n', password: 'new', host: 'draft.example' }, alice)
  expect((await endpoints.connection(migration.sourceId)).password).toBe('new')
  await migrations.act({ migrationId: migration.id, action: 'CANCEL' }, alice)
  await endpoints.update(migration.sourceId, change, alice)
})

test('no migration begins to look at a database whose address is just being changed', async () => {
  await using control = await openTestStores()
  const migration = await createMigration(control.stores)
  await using holder = await control.database.connect()
  await holder.query('begin')
  await holder.query('select from godwit_control.migrations where id = $1 for update', [migration.id])
  const update = rejectionOf(control.stores.endpoints.update(migration.sourceId, { host: 'h' }, alice))
  await waitForBlocked(control.database)
  await holder.query(`update godwit_control.migrations set status = 'VERIFYING' where id = $1`, [
    migration.id,
  ])
  await holder.query('commit')
  expect(await update).toMatchObject({ code: 'IN_USE' })
})

test('a name that is taken, an unknown id and bad input are refused by name', async () => {
  await using control = await openTestStores()
  const { endpoints } = control.stores
  const { id } = await createEndpoint(control.stores, 'shop')
  await createEndpoint(control.stores, 'other')
  await expect(endpoints.update(id, { name: 'other' }, alice)).rejects.toMatchObject({
    code: 'NAME_TAKEN',
    message: expect.stringContaining('other'),
  })
  for (const unknown of [v7(), 'nonsense'])
    await expect(endpoints.update(unknown, { name: 'x' }, alice)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(endpoints.update(id, { port: 0 }, alice)).rejects.toMatchObject({ field: 'connection.port' })
  expect(await endpoints.find(id)).toMatchObject({ name: 'shop', port: 5432 })
})

test('a repetition changes nothing more', async () => {
  await using control = await openTestStores()
  const { endpoints } = control.stores
  const { id } = await createEndpoint(control.stores, 'shop')
  const once = { ...alice, idempotencyKey: 'once' }
  await endpoints.update(id, { name: 'first' }, once)
  await endpoints.update(id, { name: 'second' }, alice)
  expect(await endpoints.update(id, { name: 'first' }, once)).toMatchObject({ name: 'second' })
  await expect(endpoints.update(id, { name: 'third' }, once)).rejects.toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
  })
})
