/** What one word or one click does to a migration. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Migration } from '../../../engine/index.ts'
import { alice, createMigration, makeFollowing, makeReady, reread } from '../../db/fixtures.ts'
import { type BotTown, startBotTown } from '../../support/bot.ts'
import type { Channel, Message, User } from '../../support/slack/index.ts'
import { waitFor } from '../../support/servers.ts'
import { homeOf, saidIn, settleIn } from '../settle.ts'

let town: BotTown

beforeAll(async () => {
  town = await startBotTown('http')
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

const settle = (migration: Migration) => settleIn(town, migration)
const said = (channel: Channel, text: string) => saidIn(town, channel, text)
const statusOf = async (migration: Migration) => (await reread(town.api.stores, migration)).status

/** The card, as one person asks for it in the channel. */
async function seenBy(user: User, channel: Channel, { shortId }: Migration): Promise<Message> {
  const { slack } = town
  await slack.as(user).type(channel, `/migrate status ${shortId}`)
  return await slack.waitForMessage(
    ({ ephemeralTo, channelId, blocks }) =>
      ephemeralTo === user.id && channelId === channel.id && blocks[0]?.type === 'header',
  )
}

test('a verb without an id is about the latest active migration of the channel', async () => {
  const { slack, api, maya } = town
  const draft = await createMigration(api.stores)
  const channel = await settle(draft)
  await createMigration(api.stores)
  await slack.as(maya).type(channel, '/migrate verify')
  await said(channel, `(${draft.shortId}) verified`)
  expect(await statusOf(draft)).toBe('VERIFYING')
})

test('pause and resume are told to the channel, and done in the name of the person', async () => {
  const { slack, api, maya } = town
  const { migration } = await makeFollowing(api.stores)
  const channel = await settle(migration)
  await slack.as(maya).type(channel, '/migrate pause')
  await said(channel, 'has paused')
  expect(await statusOf(migration)).toBe('PAUSED')
  await slack.as(maya).type(channel, `/migrate resume ${migration.shortId}`)
  await said(channel, 'has resumed')
  const { items } = await api.stores.audit.list({ first: 1 })
  expect(items[0]?.item).toMatchObject({
    operation: 'migration.resume',
    actor: { onBehalfOf: maya.email },
  })
})

test('who may only read is refused by the API, and told so alone', async () => {
  const { slack, api, ola } = town
  const { migration } = await makeFollowing(api.stores)
  const channel = await settle(migration)
  await slack.as(ola).type(channel, '/migrate pause')
  await town.heard(ola, 'operate')
  expect(await statusOf(migration)).toBe('RUNNING')
  expect(JSON.stringify(slack.messages(channel))).not.toMatch(new RegExp(`${ola.id}|operate`))
})

test('who clicks what their role does not allow is told so in words, with what it needs', async () => {
  const { slack, api, ola } = town
  const migration = await createMigration(api.stores)
  const channel = await settle(migration)
  await slack.as(ola).click(await seenBy(ola, channel, migration), 'Verify')
  const told = await town.heard(ola, 'Your role in Godwit is read')
  expect(told.text).toContain('It needs operate')
  expect(JSON.stringify(told.blocks)).toContain('/migrate whoami')
  expect(JSON.stringify(told.blocks)).not.toMatch(/narrowed|Mutation|scope/)
  expect(await statusOf(migration)).toBe('DRAFT')
})

test('a refusal says what is so now, with the buttons for it', async () => {
  const { slack, api, maya } = town
  const ready = await makeReady(api.stores, await createMigration(api.stores), 'warning')
  const channel = await settle(ready)
  await slack.as(maya).type(channel, '/migrate start')
  const refusal = await town.heard(maya, 'WARNINGS_NOT_ACCEPTED')
  await slack.as(maya).click(refusal, 'Start', { confirm: true })
  await said(channel, 'has started')
  expect(await statusOf(ready)).toBe('QUEUED')
})

test('a stale button does nothing, and says how it is now', async () => {
  const { slack, api, maya } = town
  const { migration } = await makeFollowing(api.stores)
  const channel = await settle(migration)
  await slack.as(maya).type(channel, '/migrate status')
  const card = await slack.waitForMessage(
    ({ ephemeralTo, blocks }) =>
      ephemeralTo === maya.id &&
      JSON.stringify(blocks).includes(migration.shortId) &&
      blocks[0]?.type === 'header',
  )
  await api.stores.migrations.act(
    { migrationId: migration.id, action: 'PAUSE' },
    { actor: { kind: 'system', id: 'test', name: 'test' } },
  )
  await slack.as(maya).click(card, 'Pause')
  const told = await town.heard(maya, 'It has changed since you looked at it')
  expect(told.text).toContain('Paused')
  await slack.as(maya).click(told, 'Resume')
  await waitFor(async () => (await statusOf(migration)) !== 'PAUSED')
})

test('in another channel one is told where it belongs', async () => {
  const { slack, api, maya, channel: other } = town
  const migration = await createMigration(api.stores)
  const channel = await settle(migration)
  await slack.as(maya).type(other, `/migrate verify ${migration.shortId}`)
  const told = await town.heard(maya, 'belongs to')
  expect(told.text).toContain(`<#${channel.id}>`)
  expect(await statusOf(migration)).toBe('DRAFT')
})

test('a migration stays where it is when the bot cannot post in the channel that is to have it', async () => {
  const { slack, api, maya, workspace } = town
  const migration = await createMigration(api.stores)
  const home = await settle(migration)
  const other = slack.addChannel(workspace, 'without-the-bot', { members: [maya] })
  other.members.delete(slack.botOf(workspace)?.id ?? '')
  await slack.as(maya).type(other, '/migrate watch')
  await town.heard(maya, 'Say which migration is to be shown in this channel')
  await slack.as(maya).type(other, `/migrate watch ${migration.shortId}`)
  await town.heard(maya, '/invite @Godwit')
  expect(await homeOf(town, migration.shortId)).toBe(home.id)
})

test('where a migration was, its card says where it is now, and has no buttons any more', async () => {
  const { slack, api, maya, channel: other } = town
  const migration = await createMigration(api.stores)
  const home = await settle(migration)
  const isCard = ({ blocks }: Message) => blocks.some(({ block_id }) => block_id === 'card')
  const card = await slack.waitForMessage((message) => message.channelId === home.id && isCard(message))
  await slack.as(maya).type(other, `/migrate watch ${migration.shortId}`)
  const left = await slack.until('the card to say where it is now', () => {
    const now = slack.message(card)
    return now?.text.includes('was brought to another channel') === true ? now : undefined
  })
  expect(left.text).toContain(`<#${other.id}>`)
  expect(left.blocks.map(({ type }) => type)).not.toContain('actions')
})

test('a mute is ended with a click where it is shown', async () => {
  const { slack, api, maya } = town
  const { migration } = await makeFollowing(api.stores)
  await api.stores.alarms.mute(
    { migrationId: migration.id, kinds: null, durationMs: 3_600_000, reason: 'known' },
    alice,
  )
  const channel = await settle(migration)
  const card = await slack.waitForMessage(
    ({ channelId, blocks }) => channelId === channel.id && JSON.stringify(blocks).includes('muted until'),
  )
  await slack.as(maya).click(card, 'Unmute')
  await expect.poll(() => JSON.stringify(slack.message(card)?.blocks)).not.toContain('muted until')
})
