/** A migration is made in a modal, between databases that are there. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readAlarms } from '../../../bot/modals/first-alarms.ts'
import type { Migration } from '../../../engine/index.ts'
import { createEndpoint } from '../../db/fixtures.ts'
import { type BotTown, startBotTown } from '../../support/bot.ts'
import { settingsOf } from '../../support/connection.ts'
import { startTestWorker } from '../../support/control.ts'
import { createDatabase, type TestDatabase } from '../../support/servers.ts'
import { type Channel, mentionsIn, type User, type View } from '../../support/slack/index.ts'
import { waitFor } from '../../support/wait-for.ts'
import { saidIn } from '../settle.ts'

const context = { actor: { kind: 'system', id: 'test', name: 'test' } } as const
const longSchema = `schema_${'s'.repeat(50)}`
const longTables = ['first', 'second'].map((end) => `orders_${'t'.repeat(45)}_${end}`)
const shop = 'Shop <!channel> `x`'

let town: BotTown
let source: TestDatabase
let target: TestDatabase
let worker: AsyncDisposable

beforeAll(async () => {
  town = await startBotTown('http')
  source = await createDatabase('source')
  target = await createDatabase('target')
  await source.query(`create table a (id int primary key); create schema ${longSchema}`)
  for (const [index, table] of longTables.entries()) {
    await source.query(`create table ${longSchema}.${table} (id int primary key)`)
    await source.query(`insert into ${longSchema}.${table} values (${index + 1})`)
  }
  const { endpoints } = town.api.stores
  await endpoints.create({ name: shop, connection: settingsOf(source) }, context)
  await endpoints.create({ name: 'new shop', connection: settingsOf(target) }, context)
  await createEndpoint(town.api.stores, 'nowhere')
  worker = startTestWorker(town.api.stores)
})
afterAll(async () => {
  await worker[Symbol.asyncDispose]()
  await town[Symbol.asyncDispose]()
  await target[Symbol.asyncDispose]()
  await source[Symbol.asyncDispose]()
})

/** Opens the modal in a channel of its own. */
async function openIn(name: string): Promise<{ readonly channel: Channel; readonly modal: View }> {
  const { slack, workspace, maya } = town
  const channel = slack.addChannel(workspace, name, { members: [maya] })
  await slack.as(maya).type(channel, '/migrate new')
  const modal = await slack.waitForModal(maya, ({ body }) => body.callback_id === 'modal.new-migration')
  await slack.as(maya).search(modal, 'From', '')
  await slack.as(maya).search(modal, 'To', '')
  return { channel, modal }
}

async function newest(): Promise<Migration> {
  const { items } = await town.api.stores.migrations.list({}, { first: 1 })
  const migration = items[0]?.item
  if (migration === undefined) throw new Error('there is no migration')
  return migration
}

test('five clicks make one', async () => {
  const { slack, maya } = town
  const { channel, modal } = await openIn('clicks')
  const clicks = [
    () => slack.as(maya).search(modal, 'From', ''),
    () => slack.as(maya).select(modal, 'From', shop),
    () => slack.as(maya).search(modal, 'To', ''),
    () => slack.as(maya).select(modal, 'To', 'new shop'),
    () => slack.as(maya).submit(modal),
  ]
  for (const click of clicks) await click()
  const said = await saidIn(town, channel, 'which is verified now')
  expect(mentionsIn(said)).toEqual([])
  expect(await newest()).toMatchObject({ selection: { include: [], exclude: [] } })
})

/** The conversation of a person with the app. */
async function directOf(user: User): Promise<Channel> {
  const { slack, workspace } = town
  await slack.as(user).openHome()
  const direct = [...workspace.channels.values()].find(
    ({ kind, members }) => kind === 'im' && members.has(user.id),
  )
  if (direct === undefined) throw new Error(`${user.name} has no conversation with the app`)
  return direct
}

test.each(['a command', 'a button'])('made with %s in a direct message, it goes to a channel', async (by) => {
  const { slack, workspace, maya } = town
  const direct = await directOf(maya)
  const channel = slack.addChannel(workspace, `from-direct-by-${by.slice(2)}`, { members: [maya] })
  await slack.as(maya).type(direct, by === 'a command' ? '/migrate new' : '/migrate status')
  if (by === 'a button') {
    const told = await town.heard(maya, 'No migration is active')
    await slack.as(maya).click(told, 'New migration…')
  }
  const modal = await slack.waitForModal(maya, ({ body }) => body.callback_id === 'modal.new-migration')
  await slack.as(maya).search(modal, 'From', '')
  await slack.as(maya).search(modal, 'To', '')
  const entered = { From: shop, To: 'new shop' }
  await expect(slack.as(maya).submit(modal, entered)).rejects.toThrow('Channel')
  const before = await newest()
  await slack.as(maya).submit(modal, { ...entered, Channel: direct.id })
  expect(slack.as(maya).modal()?.errors).toEqual({ channel: expect.stringContaining('Choose a channel') })
  expect((await newest()).id).toBe(before.id)
  await slack.as(maya).submit(modal, { Channel: channel.id })
  expect(slack.as(maya).modal()).toBeUndefined()
  await saidIn(town, channel, 'which is verified now')
  const { shortId } = await newest()
  const card = await saidIn(town, channel, 'Ready to start')
  expect(JSON.stringify(card.blocks)).toContain(shortId)
})

test.each(['public', 'private'] as const)(
  'made in a %s channel without the bot, it is shown there when the bot is invited',
  async (kind) => {
    const { slack, workspace, maya } = town
    const channel = slack.addChannel(workspace, `without-bot-${kind}`, {
      kind,
      members: [maya],
      withBot: false,
    })
    await slack.as(maya).type(channel, '/migrate new nowhere "new shop"')
    const modal = await slack.waitForModal(maya, ({ body }) => body.callback_id === 'modal.new-migration')
    await slack.as(maya).submit(modal)
    const told = await slack.waitForMessage(({ text }) => text.includes(`I am not in <#${channel.id}>`))
    const { shortId } = await newest()
    expect(slack.messagesSeenBy(maya)).toContainEqual(told)
    expect(told.text).toContain('Invite me first: /invite @Godwit in that channel')
    expect(told.text).toContain(`/migrate watch ${shortId}`)
    const bot = slack.botOf(workspace)!
    channel.members.add(bot.id)
    await slack.as(maya).type(channel, `/migrate watch ${shortId}`)
    const card = await saidIn(town, channel, 'Verify failed')
    expect(JSON.stringify(card.blocks)).toContain(shortId)
  },
)

test('the names of endpoints that were typed are chosen already; an unknown one is told', async () => {
  const { slack, workspace, maya } = town
  const channel = slack.addChannel(workspace, 'named', { members: [maya] })
  await slack.as(maya).type(channel, '/migrate new "new shop" nowhere')
  const modal = await slack.waitForModal(maya, ({ body }) => body.callback_id === 'modal.new-migration')
  await slack.as(maya).submit(modal)
  await saidIn(town, channel, 'which is verified now')
  const { sourceId, targetId } = await newest()
  const names = [sourceId, targetId].map(async (id) => (await town.api.stores.endpoints.find(id))?.name)
  expect(await Promise.all(names)).toEqual(['new shop', 'nowhere'])
  await slack.as(maya).type(channel, '/migrate new "new shop" Nowhere')
  await town.heard(maya, 'There is no endpoint “Nowhere”')
  expect(slack.as(maya).modal()).toBeUndefined()
})

test.each([
  ['lag-alarm', '0'],
  ['lag-alarm', '86401'],
  ['lag-alarm', '1.5'],
  ['wal-alarm', 'much'],
  ['wal-alarm', '100001'],
] as const)('an alarm of %s at %s is refused at its input', (id, value) => {
  const view = {
    id: 'V',
    hash: '',
    callbackId: '',
    privateMetadata: '',
    values: { [id]: { value: { value } } },
  }
  expect(readAlarms(view)).toEqual({ errors: { [id]: expect.stringContaining('whole number from 1 to') } })
})

test('other names are read line by line, and what is wrong with one is said of its line', async () => {
  const { slack, maya } = town
  const { channel, modal } = await openIn('renames')
  const refusedWith = async (typed: string) => {
    await slack.as(maya).submit(modal, { From: shop, To: 'new shop', renames: typed })
    return slack.as(maya).modal()?.errors
  }
  expect(await refusedWith(`public -> crm\n\n${longSchema}.orders`)).toEqual({
    renames: expect.stringMatching(/^Line 3: there is no -> .* Write it like public/),
  })
  const twice = 'public.a -> crm."<!channel>"\n'
  expect(await refusedWith(`${twice}\npublic.a -> b`)).toEqual({
    renames: expect.stringMatching(/^Line 3: table "public"\."a" is named twice\./),
  })
  expect(await refusedWith(`public -> ${'x'.repeat(64)}`)).toEqual({
    renames: expect.stringMatching(/^Line 1: .*longer than the 63 bytes/),
  })
  await slack.as(maya).submit(modal, { renames: `${twice}\n${longSchema} → “Crm 2”` })
  expect(slack.as(maya).modal()).toBeUndefined()
  await saidIn(town, channel, 'which is verified now')
  const { shortId } = await newest()
  const { data } = await town.api.query(
    `query ($id: ID!) {
      migration(id: $id) { selection { include { schema } renames { schema table toSchema toTable } } }
    }`,
    { id: shortId },
  )
  const renames = [
    { schema: 'public', table: 'a', toSchema: 'crm', toTable: '<!channel>' },
    { schema: longSchema, table: null, toSchema: 'Crm 2', toTable: null },
  ]
  expect(data).toEqual({ migration: { selection: { include: [], renames } } })
  const card = await saidIn(town, channel, 'Ready to start')
  expect(JSON.stringify(card.blocks)).toContain(`${longSchema} → \\"Crm 2\\"`)
  expect(mentionsIn(card)).toEqual([])
})

test('objects are those of the source, it starts by itself, and they arrive under their other names', async () => {
  const { slack, api, maya } = town
  const { channel, modal } = await openIn('starts')
  await slack.as(maya).select(modal, 'From', shop)
  const offered = await slack.as(maya).search(modal, 'What to move', 'ORDERS_')
  expect(offered).toHaveLength(2)
  expect(new Set(offered).size).toBe(2)
  await slack.as(maya).search(modal, 'What to leave out', 'public.a')
  await slack.as(maya).submit(modal, {
    To: 'new shop',
    begin: 'start',
    'What to move': offered,
    'What to leave out': ['public.a'],
    renames: `${longSchema} -> crm\n${longSchema}.${longTables[0]} -> "Sales <!here>"`,
    Name: '*Orders* <!here> مسد :tada:',
    'lag-alarm': '77',
    'wal-alarm': '5',
  })
  expect(slack.as(maya).modal()).toBeUndefined()
  const said = await saidIn(town, channel, 'for verify has passed')
  expect(mentionsIn(said)).toEqual([])
  const { id, selection } = await newest()
  expect(new Set(selection.include.map(({ table }) => table))).toEqual(new Set(longTables))
  expect(selection.exclude).toEqual([{ schema: 'public', table: 'a' }])
  const { rules } = await api.stores.alarms.settings(id)
  expect(rules.find(({ kind }) => kind === 'LAG_SECONDS')).toMatchObject({ raise: 77 })
  expect(rules.find(({ kind }) => kind === 'WAL_RETAINED')).toMatchObject({ raise: 5_000_000_000 })
  await waitForRow('crm."Sales <!here>"', 1)
  await waitForRow(`crm.${longTables[1]}`, 2)
  // What is written afterwards goes the same way.
  await source.query(`insert into ${longSchema}.${longTables[0]} values (3)`)
  await waitForRow('crm."Sales <!here>"', 3)
  const { rows: schemas } = await target.query('select nspname from pg_namespace where nspname = $1', [
    longSchema,
  ])
  expect(schemas).toEqual([])
})

/** On the target. */
async function waitForRow(table: string, id: number): Promise<void> {
  const found = async () => {
    const { rows } = await target.query<{ exists: string | null }>('select to_regclass($1) as exists', [
      table,
    ])
    if (rows[0]?.exists == null) return 0
    return (await target.query(`select from ${table} where id = $1`, [id])).rowCount
  }
  await waitFor(found, {
    describe: async () => {
      const { problem, status } = await newest()
      return `row ${id} of ${table}; the migration is ${status}: ${problem?.message}`
    },
  })
}

test('a time is needed for a start at a time, and lies ahead; it is then scheduled', async () => {
  const { slack, maya } = town
  const { channel, modal } = await openIn('scheduled')
  await slack.as(maya).submit(modal, { From: shop, To: 'new shop', begin: 'schedule' })
  expect(slack.as(maya).modal()?.errors).toMatchObject({ 'start-at': expect.stringContaining('Choose') })
  await slack.as(maya).submit(modal, { 'start-at': new Date('2020-01-01T00:00:00Z') })
  expect(slack.as(maya).modal()?.errors).toMatchObject({ 'start-at': expect.stringContaining('is over') })
  const startAt = new Date(Math.ceil(Date.now() / 1000) * 1000 + 86_400_000)
  await slack.as(maya).submit(modal, { 'start-at': startAt })
  await saidIn(town, channel, 'has scheduled')
  expect(await newest()).toMatchObject({ status: 'SCHEDULED', schedule: { startAt } })
})

test('when verify finds something it does not start, and who wanted it is told', async () => {
  const { slack, maya } = town
  const { modal } = await openIn('refused')
  await slack.as(maya).submit(modal, { From: 'nowhere', To: 'new shop', begin: 'start' })
  await town.heard(maya, 'does not start')
  expect(await newest()).toMatchObject({ status: 'VERIFY_FAILED' })
})
