import { randomBytes } from 'node:crypto'
import { v7 } from 'uuid'
import { expect, test } from 'vitest'
import type { ConnectionSettings } from '../../engine/index.ts'
import {
  alice,
  claim,
  connectionTo,
  createEndpoint,
  createMigration,
  openTestStores,
  rejectionOf,
  waitForBlocked,
} from './fixtures.ts'

const full: ConnectionSettings = {
  host: 'db.example',
  port: 6543,
  database: 'Shop "1"',
  user: 'mover',
  password: 'hunter2',
  tls: {
    mode: 'verify-full',
    ca: 'PEM of the authority',
    clientCertificate: 'PEM of the client',
    clientKey: 'PEM key',
  },
}

test('an endpoint is created and found again, without its secrets', async () => {
  await using control = await openTestStores()
  const { endpoints } = control.stores
  const created = await endpoints.create({ name: 'shop', connection: full }, alice)
  expect(created).toEqual({
    id: expect.any(String),
    name: 'shop',
    host: 'db.example',
    port: 6543,
    database: 'Shop "1"',
    user: 'mover',
    tlsMode: 'verify-full',
    hasPassword: true,
    hasCa: true,
    hasClientCertificate: true,
    createdAt: expect.any(Date),
  })
  expect(await endpoints.find(created.id)).toEqual(created)
  expect(await endpoints.findMany([v7(), created.id, 'nonsense'])).toEqual([null, created, null])
})

test.each([
  ['all of it', full],
  ['no password and no TLS', { ...full, password: null, tls: { mode: 'disable' as const } }],
  ['an empty password', { ...full, password: '' }],
])('the connection comes back as it went in: %s', async (_name, connection) => {
  await using control = await openTestStores()
  const { id } = await control.stores.endpoints.create({ name: 'shop', connection }, alice)
  expect(await control.stores.endpoints.connection(id)).toEqual(connection)
})

test('no secret can be read anywhere in the control database', async () => {
  await using control = await openTestStores()
  const context = { ...alice, idempotencyKey: 'once' }
  await control.stores.endpoints.create({ name: 'shop', connection: full }, context)
  await control.database.query(`set xmlbinary = hex`)
  const { rows } = await control.database.query<{ dump: string }>(
    `select string_agg(query_to_xml(format('select * from %s', oid::regclass), true, false, '')::text, '') as dump
       from pg_class where relkind = 'r' and relnamespace = 'godwit_control'::regnamespace`,
  )
  const dump = (rows[0]?.dump ?? '').toLowerCase()
  expect(dump).toContain('db.example')
  for (const secret of ['hunter2', 'pem key']) expect(dump).not.toContain(secret)
  for (const secret of ['hunter2', 'PEM key']) expect(dump).not.toContain(Buffer.from(secret).toString('hex'))
})

test('the secrets of one endpoint cannot be put into the row of another', async () => {
  await using control = await openTestStores()
  const shop = await createEndpoint(control.stores, 'shop')
  const other = await createEndpoint(control.stores, 'other')
  await control.database.query(
    `update godwit_control.endpoints set sealed_secrets =
       (select sealed_secrets from godwit_control.endpoints where id = $1) where id = $2`,
    [shop.id, other.id],
  )
  await expect(control.stores.endpoints.connection(other.id)).rejects.toMatchObject({
    code: 'SECRET_UNREADABLE',
  })
})

test('under another key the secrets are unreadable, and the rest is not', async () => {
  await using control = await openTestStores()
  const { id } = await createEndpoint(control.stores, 'shop')
  await using other = await control.open(randomBytes(32))
  expect(await other.endpoints.find(id)).toMatchObject({ name: 'shop' })
  await expect(other.endpoints.connection(id)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' })
})

test('a name is taken once, also by two who ask at the same time', async () => {
  await using control = await openTestStores()
  const results = await Promise.allSettled([
    createEndpoint(control.stores, 'shop'),
    createEndpoint(control.stores, 'shop'),
  ])
  const refused = results.filter((result) => result.status === 'rejected')
  expect(refused).toHaveLength(1)
  expect(refused[0]?.reason).toMatchObject({ code: 'NAME_TAKEN', message: expect.stringContaining('shop') })
  expect((await control.stores.endpoints.list({}, {})).items).toHaveLength(1)
})

test.each([
  ['name', { name: ' ', connection: full }],
  ['name', { name: 'x'.repeat(201), connection: full }],
  ['connection.host', { name: 'shop', connection: { ...full, host: '' } }],
  ['connection.host', { name: 'shop', connection: { ...full, host: 'db\0' } }],
  ['connection.port', { name: 'shop', connection: { ...full, port: 0 } }],
  ['connection.port', { name: 'shop', connection: { ...full, port: 65_536 } }],
  ['connection.port', { name: 'shop', connection: { ...full, port: 5432.5 } }],
  ['connection.database', { name: 'shop', connection: { ...full, database: '' } }],
  ['connection.user', { name: 'shop', connection: { ...full, user: '' } }],
  ['connection.password', { name: 'shop', connection: { ...full, password: 'hunter\0' } }],
  ['name', { name: 'half \ud800', connection: full }],
  [
    'connection.tls.ca',
    { name: 'shop', connection: { ...full, tls: { mode: 'verify-ca' as const, ca: '' } } },
  ],
  [
    'connection.tls.clientKey',
    { name: 'shop', connection: { ...full, tls: { mode: 'require' as const, clientCertificate: 'PEM' } } },
  ],
  [
    'connection.tls.clientCertificate',
    { name: 'shop', connection: { ...full, tls: { mode: 'require' as const, clientKey: 'PEM' } } },
  ],
])('a bad %s is refused by its name, and nothing is left behind', async (field, input) => {
  await using control = await openTestStores()
  await expect(control.stores.endpoints.create(input, alice)).rejects.toMatchObject({
    code: 'BAD_INPUT',
    field,
    message: expect.stringMatching(new RegExp(`^${field} `)),
  })
  expect((await control.stores.endpoints.list({}, {})).items).toEqual([])
})

test('a deleted endpoint is gone with its secrets, and its name is free', async () => {
  await using control = await openTestStores()
  const { endpoints } = control.stores
  const { id } = await createEndpoint(control.stores, 'shop')
  await endpoints.delete(id, alice)
  expect(await endpoints.find(id)).toBeNull()
  expect((await endpoints.list({}, {})).items).toEqual([])
  await expect(endpoints.connection(id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(endpoints.delete(id, alice)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  const { rows } = await control.database.query('select sealed_secrets from godwit_control.endpoints')
  expect(rows).toEqual([{ sealed_secrets: null }])
  await createEndpoint(control.stores, 'shop')
})

test('an endpoint cannot be deleted while a migration that has not ended names it', async () => {
  await using control = await openTestStores()
  const { endpoints, migrations } = control.stores
  const migration = await createMigration(control.stores)
  for (const id of [migration.sourceId, migration.targetId]) {
    await expect(endpoints.delete(id, alice)).rejects.toMatchObject({
      code: 'IN_USE',
      message: expect.stringContaining(migration.shortId),
    })
  }
  await migrations.act({ migrationId: migration.id, action: 'CANCEL' }, alice)
  await endpoints.delete(migration.sourceId, alice)
  expect(await migrations.find(migration.id)).toMatchObject({ sourceId: migration.sourceId })
})

test('an endpoint cannot be deleted under a migration that is just being created', async () => {
  await using control = await openTestStores()
  const source = await createEndpoint(control.stores, 'source')
  const target = await createEndpoint(control.stores, 'target')
  await using holder = await control.database.connect()
  await holder.query('begin')
  await holder.query('lock table godwit_control.migrations in share mode')
  const creating = control.stores.migrations.create(
    {
      sourceId: source.id,
      targetId: target.id,
      selection: { include: [], exclude: [] },
      kind: { structure: true, fullCopy: false, incremental: false },
    },
    alice,
  )
  await waitForBlocked(control.database)
  const refusal = rejectionOf(control.stores.endpoints.delete(target.id, alice))
  await waitForBlocked(control.database, 2)
  await holder.query('commit')
  await creating
  expect(await refusal).toMatchObject({ code: 'IN_USE' })
})

test('an unknown id is not found, whatever it looks like', async () => {
  await using control = await openTestStores()
  for (const id of [v7(), 'nonsense', '', 'null\0']) {
    expect(await control.stores.endpoints.find(id)).toBeNull()
    await expect(control.stores.endpoints.connection(id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(control.stores.endpoints.delete(id, alice)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  }
})

test('the connection of an endpoint can still be read while its migration runs', async () => {
  await using control = await openTestStores()
  const migration = await createMigration(control.stores)
  await control.stores.migrations.act({ migrationId: migration.id, action: 'VERIFY' }, alice)
  await claim(control.stores, migration.id)
  const endpoint = await control.stores.endpoints.find(migration.sourceId)
  expect(await control.stores.endpoints.connection(migration.sourceId)).toEqual(
    connectionTo(endpoint?.host ?? ''),
  )
})

test('endpoints are found by a part of their names, in upper or lower case, and nothing else of them', async () => {
  await using control = await openTestStores()
  for (const name of ['Shop 15', 'shop_18', 'shop%', 'billing']) await createEndpoint(control.stores, name)
  const named = async (name: string, page = {}) => {
    const { items } = await control.stores.endpoints.list({ name }, page)
    return items.map(({ item }) => item.name)
  }
  expect(await named('SHOP')).toEqual(['shop%', 'shop_18', 'Shop 15'])
  expect(await named('p%')).toEqual(['shop%'])
  expect(await named(' p_ ')).toEqual(['shop_18'])
  expect(await named('example')).toEqual([])
  expect(await named(' ')).toHaveLength(4)
  expect(await named('shop', { last: 1 })).toEqual(['Shop 15'])
  await expect(named('x'.repeat(201))).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'filter.name' })
  await expect(named('null\0')).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'filter.name' })
})
