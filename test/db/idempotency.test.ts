import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { v7 } from 'uuid'
import { expect, test } from 'vitest'
import { openControlDatabase } from '../../db/control-database.ts'
import { createSecretBox } from '../../db/secrets.ts'
import { createRecall } from '../../db/stores/idempotency.ts'
import { wholeDatabase, type CommandContext } from '../../engine/index.ts'
import { alice, bob, connectionTo, createEndpoint, createMigration, openTestStores } from './fixtures.ts'

const once: CommandContext = { ...alice, idempotencyKey: 'key-1' }
const shop = { name: 'shop', connection: connectionTo('shop.example') }

test('the same key and input give the first result again, with one effect', async () => {
  await using control = await openTestStores()
  const { endpoints } = control.stores
  const first = await endpoints.create(shop, once)
  expect(await endpoints.create(shop, once)).toEqual(first)
  expect((await endpoints.list({}, {})).items).toHaveLength(1)
  expect((await control.stores.audit.list({})).items).toHaveLength(1)
})

test('the order in which the members of the input are written does not matter', async () => {
  await using control = await openTestStores()
  const { endpoints } = control.stores
  const first = await endpoints.create(shop, once)
  const { host, port, database, user, password, tls } = shop.connection
  const turned = { connection: { tls, password, user, database, port, host }, name: shop.name }
  expect(await endpoints.create(turned, once)).toEqual(first)
})

test('the same key with another input is refused, a changed password included', async () => {
  await using control = await openTestStores()
  const { endpoints } = control.stores
  await endpoints.create(shop, once)
  const others = [
    { ...shop, name: 'other' },
    { ...shop, connection: { ...shop.connection, password: 'other' } },
  ]
  for (const other of others) {
    await expect(endpoints.create(other, once)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
  }
})

test('the same key for another operation is refused, even with the same input', async () => {
  await using control = await openTestStores()
  await using database = openControlDatabase(control.database.url, pino({ level: 'silent' }))
  const recall = createRecall(createSecretBox(randomBytes(32)))
  const run = (operation: string) =>
    database.transaction((transaction) => recall(transaction, { operation, input: {}, context: once }, v7()))
  expect(await run('endpoint.delete')).toBeNull()
  expect(await run('endpoint.delete')).toEqual(expect.any(String))
  await expect(run('token.revoke')).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
})

test('keys of different actors have nothing to do with each other', async () => {
  await using control = await openTestStores()
  await control.stores.endpoints.create(shop, once)
  await control.stores.endpoints.create({ ...shop, name: 'other' }, { ...bob, idempotencyKey: 'key-1' })
  expect((await control.stores.endpoints.list({}, {})).items).toHaveLength(2)
})

test('concurrent calls with one key have one effect and the same result', async () => {
  await using control = await openTestStores()
  const results = await Promise.all(
    Array.from({ length: 5 }, () => control.stores.endpoints.create(shop, once)),
  )
  expect(new Set(results.map((endpoint) => endpoint.id)).size).toBe(1)
  expect((await control.stores.endpoints.list({}, {})).items).toHaveLength(1)
})

test('concurrent actions with one key are one action', async () => {
  await using control = await openTestStores()
  const draft = await createMigration(control.stores)
  const request = { migrationId: draft.id, action: 'VERIFY', expectedVersion: 1 } as const
  const results = await Promise.all(
    Array.from({ length: 5 }, () => control.stores.migrations.act(request, once)),
  )
  expect(results.map((migration) => migration.version)).toEqual([2, 2, 2, 2, 2])
})

test('a call that failed leaves its key free', async () => {
  await using control = await openTestStores()
  const taken = await createEndpoint(control.stores, 'shop')
  await expect(control.stores.endpoints.create(shop, once)).rejects.toMatchObject({ code: 'NAME_TAKEN' })
  await control.stores.endpoints.delete(taken.id, alice)
  expect(await control.stores.endpoints.create(shop, once)).toMatchObject({ name: 'shop' })
})

test('creating a migration and deleting an endpoint may be repeated too', async () => {
  await using control = await openTestStores()
  const { endpoints, migrations } = control.stores
  const source = await createEndpoint(control.stores, 'source')
  const target = await createEndpoint(control.stores, 'target')
  const kind = { structure: true, fullCopy: true, incremental: true }
  const input = { sourceId: source.id, targetId: target.id, selection: wholeDatabase, kind }
  const first = await migrations.create(input, once)
  expect(await migrations.create(input, once)).toEqual(first)
  const spare = await createEndpoint(control.stores, 'spare')
  const deletion = { ...alice, idempotencyKey: 'key-2' }
  await endpoints.delete(spare.id, deletion)
  await endpoints.delete(spare.id, deletion)
  expect((await migrations.list({}, {})).items).toHaveLength(1)
})

test.each(['', ' ', 'x'.repeat(201), 'a\0b'])('the key %j is refused', async (idempotencyKey) => {
  await using control = await openTestStores()
  await expect(control.stores.endpoints.create(shop, { ...alice, idempotencyKey })).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining('idempotencyKey'),
  })
})

test('old keys are forgotten', async () => {
  await using control = await openTestStores()
  await control.stores.endpoints.create(shop, once)
  await control.database.query(
    `update godwit_control.idempotency_keys set created_at = now() - interval '8 days'`,
  )
  await control.stores.endpoints.create({ ...shop, name: 'other' }, { ...alice, idempotencyKey: 'key-2' })
  const { rows } = await control.database.query('select key from godwit_control.idempotency_keys')
  expect(rows).toEqual([{ key: 'key-2' }])
})

test('what a token does for two people under one key is not one request', async () => {
  await using control = await openTestStores()
  const doFor = (onBehalfOf: string) => ({ ...once, actor: { ...once.actor, onBehalfOf } })
  const first = await control.stores.endpoints.create(shop, doFor('ben'))
  expect(await control.stores.endpoints.create(shop, doFor('ben'))).toEqual(first)
  await expect(control.stores.endpoints.create(shop, doFor('cat'))).rejects.toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
  })
})
