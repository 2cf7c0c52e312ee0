import { expect, test } from 'vitest'
import type { Page, PageRequest } from '../../engine/index.ts'
import { alice, bob, createEndpoint, createMigration, openTestStores, type TestStores } from './fixtures.ts'

/** Five endpoints; named as they come in a list, newest first. */
async function openWithFive(): Promise<TestStores> {
  const control = await openTestStores()
  for (const name of ['e', 'd', 'c', 'b', 'a']) await createEndpoint(control.stores, name)
  return control
}

function show({ items, hasNextPage, hasPreviousPage }: Page<{ readonly name: string }>): string {
  const names = items.map(({ item }) => item.name).join('')
  return `${hasPreviousPage ? '…' : ''}${names}${hasNextPage ? '…' : ''}`
}

test('pages follow each other forwards, newest first', async () => {
  await using control = await openWithFive()
  const { endpoints } = control.stores
  const first = await endpoints.list({}, { first: 2 })
  expect(show(first)).toBe('ab…')
  const second = await endpoints.list({}, { first: 2, after: first.items[1]!.cursor })
  expect(show(second)).toBe('…cd…')
  const third = await endpoints.list({}, { first: 2, after: second.items[1]!.cursor })
  expect(show(third)).toBe('…e')
})

test('pages follow each other backwards', async () => {
  await using control = await openWithFive()
  const { endpoints } = control.stores
  const last = await endpoints.list({}, { last: 2 })
  expect(show(last)).toBe('…de')
  expect(show(await endpoints.list({}, { last: 2, before: last.items[0]!.cursor }))).toBe('…bc…')
  expect(show(await endpoints.list({}, { last: 3, before: last.items[0]!.cursor }))).toBe('abc…')
})

test('a page may lie between two cursors', async () => {
  await using control = await openWithFive()
  const all = await control.stores.endpoints.list({}, { first: 5 })
  expect(show(all)).toBe('abcde')
  const between = { after: all.items[0]!.cursor, before: all.items[4]!.cursor }
  expect(show(await control.stores.endpoints.list({}, between))).toBe('…bcd')
})

test('what is created or deleted meanwhile neither repeats nor hides an item', async () => {
  await using control = await openWithFive()
  const { endpoints } = control.stores
  const first = await endpoints.list({}, { first: 2 })
  await createEndpoint(control.stores, 'new')
  await endpoints.delete(first.items[1]!.item.id, alice)
  expect(show(await endpoints.list({}, { first: 3, after: first.items[1]!.cursor }))).toBe('…cde')
})

const badPages: [string, PageRequest][] = [
  ['first', { first: 0 }],
  ['first', { first: 101 }],
  ['first', { first: -1 }],
  ['first', { first: 1.5 }],
  ['last', { last: 0 }],
  ['last', { last: 101 }],
  ['first', { first: 1, last: 1 }],
  ['after', { first: 1, after: 'nonsense' }],
  ['after', { first: 1, after: '' }],
  ['before', { last: 1, before: Buffer.from('id:nonsense').toString('base64url') }],
]

test.each(badPages)('a bad %s is refused by every list: %j', async (field, page) => {
  await using control = await openTestStores()
  const { endpoints, migrations, tokens, audit } = control.stores
  const lists = [
    () => endpoints.list({}, page),
    () => migrations.list({}, page),
    () => tokens.list(page),
    () => audit.list(page),
  ]
  for (const list of lists) {
    await expect(list()).rejects.toMatchObject({
      code: 'BAD_INPUT',
      field,
      message: expect.stringMatching(new RegExp(`^${field} `)),
    })
  }
})

test('a page has up to 100 items', async () => {
  await using control = await openTestStores()
  await control.database.query(
    `insert into godwit_control.audit (id, actor_kind, actor_id, actor_name, operation, details)
     select gen_random_uuid(), 'system', 'test', 'test', 'test', '{}' from generate_series(1, 101)`,
  )
  const page = await control.stores.audit.list({ first: 100 })
  expect(page.items).toHaveLength(100)
  expect(page.hasNextPage).toBe(true)
  expect((await control.stores.audit.list({})).items).toHaveLength(20)
})

test('migrations are listed by their statuses', async () => {
  await using control = await openTestStores()
  const { migrations } = control.stores
  const draft = await createMigration(control.stores)
  const verifying = await createMigration(control.stores)
  await migrations.act({ migrationId: verifying.id, action: 'VERIFY' }, alice)
  const list = async (...statuses: ('DRAFT' | 'VERIFYING' | 'READY')[]) =>
    (await migrations.list({ statuses }, {})).items.map(({ item }) => item.id)
  expect(await list('DRAFT')).toEqual([draft.id])
  expect(await list('DRAFT', 'VERIFYING', 'READY')).toEqual([verifying.id, draft.id])
  expect(await list('READY')).toEqual([])
  expect((await migrations.list({}, {})).items).toHaveLength(2)
})

test('every command leaves an audit entry with who asked, and for whom', async () => {
  await using control = await openTestStores()
  const { endpoints, migrations, tokens, audit } = control.stores
  const onBehalf = { actor: { ...bob.actor, onBehalfOf: 'carol' } }
  await tokens.createFirstAdmin()
  const migration = await createMigration(control.stores)
  await migrations.act({ migrationId: migration.id, action: 'CANCEL' }, onBehalf)
  await endpoints.delete(migration.sourceId, onBehalf)
  const { token } = await tokens.create({ name: 'bot', scopes: ['read'] }, alice)
  await tokens.revoke(token.id, bob)
  const entries = (await audit.list({})).items.map(({ item }) => item)
  expect(entries.map(({ operation, actor, subjectId }) => [operation, actor, subjectId])).toEqual([
    ['token.revoke', bob.actor, token.id],
    ['token.create', alice.actor, token.id],
    ['endpoint.delete', onBehalf.actor, migration.sourceId],
    ['migration.cancel', onBehalf.actor, migration.id],
    ['migration.create', alice.actor, migration.id],
    ['endpoint.create', alice.actor, migration.targetId],
    ['endpoint.create', alice.actor, migration.sourceId],
    ['token.createFirstAdmin', { kind: 'system', id: 'godwit', name: 'Godwit' }, expect.any(String)],
  ])
  expect(entries.every((entry) => entry.at instanceof Date)).toBe(true)
})
