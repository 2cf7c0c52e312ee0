import { expect, test } from 'vitest'
import type { ControlStores, MigrationFilter, NewMigration } from '../../engine/index.ts'
import { alice, createEndpoint, createMigration, openTestStores } from './fixtures.ts'

async function find(stores: ControlStores, filter: MigrationFilter): Promise<readonly string[]> {
  return (await stores.migrations.list(filter, {})).items.map(({ item }) => item.name).toSorted()
}

async function createNamed(
  stores: ControlStores,
  changes: Readonly<Record<string, Partial<NewMigration>>>,
): Promise<void> {
  for (const [name, change] of Object.entries(changes)) await createMigration(stores, { name, ...change })
}

test('tags are kept without blanks around them, each once, in their order', async () => {
  await using control = await openTestStores()
  const { tags } = await createMigration(control.stores, { tags: [' wave 2 ', 'eu', 'EU', 'eu', 'größe'] })
  expect(tags).toEqual(['wave 2', 'eu', 'EU', 'größe'])
  expect((await createMigration(control.stores)).tags).toEqual([])
})

const tooMany = Array.from({ length: 21 }, (_, index) => `tag ${index}`)
const badTags: readonly [string, readonly string[]][] = [
  ['tags[1]', ['ok', '  ']],
  ['tags[0]', ['x'.repeat(51)]],
  ['tags[0]', ['a\nb']],
  ['tags[0]', ['a\0b']],
  ['tags[0]', ['half \ud800']],
  ['tags', tooMany],
]

test.each(badTags)('bad %s are refused by name: %j', async (field, tags) => {
  await using control = await openTestStores()
  await expect(createMigration(control.stores, { tags })).rejects.toMatchObject({ code: 'BAD_INPUT', field })
})

test('as many tags as may be, as long as may be, are taken', async () => {
  await using control = await openTestStores()
  const tags = tooMany.slice(1).map((tag) => tag.padEnd(50, '.'))
  const many = [...tags, ...tags]
  expect((await createMigration(control.stores, { tags: many })).tags).toEqual(tags)
})

test('migrations are found by all of some tags', async () => {
  await using control = await openTestStores()
  const { stores } = control
  await createNamed(stores, { both: { tags: ['eu', 'shop'] }, one: { tags: ['eu'] }, none: {} })
  expect(await find(stores, { tags: ['eu'] })).toEqual(['both', 'one'])
  expect(await find(stores, { tags: ['shop', ' eu '] })).toEqual(['both'])
  expect(await find(stores, { tags: ['e'] })).toEqual([])
  expect(await find(stores, { tags: [] })).toEqual(['both', 'none', 'one'])
  await expect(find(stores, { tags: [''] })).rejects.toMatchObject({ code: 'BAD_INPUT' })
})

test('migrations are found by an endpoint on either side', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const hub = await createEndpoint(stores, 'hub')
  await createNamed(stores, { from: { sourceId: hub.id }, to: { targetId: hub.id }, other: {} })
  expect(await find(stores, { endpointId: hub.id })).toEqual(['from', 'to'])
  await expect(find(stores, { endpointId: 'nonsense' })).rejects.toMatchObject({
    code: 'BAD_INPUT',
    field: 'filter.endpointId',
  })
})

test('migrations are found by text in name, short id or the name of an endpoint, in any case', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const legacy = await createEndpoint(stores, 'Legacy-DB')
  await createNamed(stores, {
    'Web Shop': {},
    billing: { sourceId: legacy.id },
    ledger: { targetId: legacy.id },
  })
  expect(await find(stores, { text: ' SHOP ' })).toEqual(['Web Shop'])
  expect(await find(stores, { text: 'legacy' })).toEqual(['billing', 'ledger'])
  const { shortId } = await createMigration(stores, { name: 'by id' })
  expect(await find(stores, { text: shortId.toUpperCase() })).toEqual(['by id'])
  expect(await find(stores, { text: ' ' })).toHaveLength(4)
  expect(await find(stores, { text: 'nowhere' })).toEqual([])
})

test('what is a wildcard to LIKE is a character like any other', async () => {
  await using control = await openTestStores()
  const { stores } = control
  await createNamed(stores, { '100% done': {}, a_b: {}, 'a\\b': {}, axb: {} })
  expect(await find(stores, { text: '%' })).toEqual(['100% done'])
  expect(await find(stores, { text: 'a_b' })).toEqual(['a_b'])
  expect(await find(stores, { text: '\\' })).toEqual(['a\\b'])
  expect(await find(stores, { text: `'; drop table` })).toEqual([])
  for (const text of ['a\0', 'x'.repeat(201)]) {
    await expect(find(stores, { text })).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'filter.text' })
  }
})

test('migrations are found by when they were created, and all conditions hold together', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  await createNamed(stores, { old: { tags: ['eu'] }, middle: { tags: ['eu'] }, new: {} })
  await database.query(`
    update godwit_control.migrations set created_at = case name
      when 'old' then timestamptz '2020-01-01' when 'middle' then '2021-01-01' else '2022-01-01' end`)
  const during = (from: string, to: string) => ({ createdAfter: new Date(from), createdBefore: new Date(to) })
  expect(await find(stores, { createdAfter: new Date('2020-06-01T00:00:00Z') })).toEqual(['middle', 'new'])
  expect(await find(stores, { createdBefore: new Date('2020-06-01T00:00:00Z') })).toEqual(['old'])
  expect(await find(stores, during('2020-06-01T00:00:00Z', '2021-06-01T00:00:00Z'))).toEqual(['middle'])
  expect(await find(stores, { tags: ['eu'], text: 'MID', statuses: ['DRAFT'] })).toEqual(['middle'])
  expect(await find(stores, { tags: ['eu'], text: 'new' })).toEqual([])
})

test('pages of what is found follow each other', async () => {
  await using control = await openTestStores()
  const { stores } = control
  await createNamed(stores, { a: { tags: ['x'] }, other: {}, b: { tags: ['x'] }, c: { tags: ['x'] } })
  const first = await stores.migrations.list({ tags: ['x'] }, { first: 2 })
  expect(first.items.map(({ item }) => item.name)).toEqual(['c', 'b'])
  const second = await stores.migrations.list({ tags: ['x'] }, { first: 2, after: first.items[1]!.cursor })
  expect(second.items.map(({ item }) => item.name)).toEqual(['a'])
  await stores.migrations.delete({ migrationId: second.items[0]!.item.id }, alice)
  expect(await find(stores, { tags: ['x'] })).toEqual(['b', 'c'])
})
