/** What the buttons of a card do, and the commands of the same name. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Migration } from '../../../engine/index.ts'
import { evaluate, listAlarms } from '../../db/alarms.ts'
import { createMigration, makeReady, makeRunning, reread } from '../../db/fixtures.ts'
import { type BotTown, startBotTown } from '../../support/bot.ts'
import type { Channel, Message } from '../../support/slack/index.ts'
import { saidIn, settleIn } from '../settle.ts'

let town: BotTown

beforeAll(async () => {
  town = await startBotTown('http')
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

const statusOf = async (migration: Migration) => (await reread(town.api.stores, migration)).status

async function expectStatus(migration: Migration, status: Migration['status']): Promise<void> {
  await expect.poll(() => statusOf(migration)).toBe(status)
}

/** The card, for the eyes of maya. */
async function cardIn(channel: Channel, { shortId }: Migration): Promise<Message> {
  const { slack, maya } = town
  const before = new Set(slack.ephemerals(maya).map(({ ts }) => ts))
  await slack.as(maya).type(channel, `/migrate status ${shortId}`)
  return slack.waitForMessage(
    ({ ephemeralTo, channelId, ts, blocks }) =>
      ephemeralTo === maya.id && channelId === channel.id && !before.has(ts) && blocks[0]?.type === 'header',
  )
}

async function failed(code: 'COPY_FAILED' | 'TARGET_DIFFERS' = 'COPY_FAILED'): Promise<Migration> {
  const { stores } = town.api
  const { migration, lease } = await makeRunning(stores)
  await stores.runs.report(lease, 'FAILED', { problem: { code, message: 'It broke.', remedy: 'Mend it.' } })
  await stores.leases.release(lease)
  return reread(stores, migration)
}

function menuOf({ blocks }: Message): string {
  return JSON.stringify(blocks.flatMap((block) => (block.type === 'actions' ? [block] : [])))
}

test('behind ⋮ of a failed card alarms are muted, and the comparison is looked at', async () => {
  const { slack, maya } = town
  const migration = await failed('TARGET_DIFFERS')
  const channel = await settleIn(town, migration)
  const card = await cardIn(channel, migration)
  await slack.as(maya).select(card, { actionId: 'migration.more' }, 'Comparison')
  await town.heard(maya, 'the target differs from the source')
  await slack.as(maya).select(card, { actionId: 'migration.more' }, 'Mute alarms…')
  await slack.waitForModal(maya, ({ body }) => body.callback_id === 'modal.mute')
  await slack.as(maya).closeModal()
  expect(menuOf(card)).not.toContain('Bring it')
})

test('a card that is looked at elsewhere can be brought there', async () => {
  const { slack, maya, channel } = town
  const migration = await createMigration(town.api.stores)
  await settleIn(town, migration)
  const card = await cardIn(channel, migration)
  await slack.as(maya).click(card, 'Bring it to this channel')
  expect((await saidIn(town, channel, 'to this channel')).text).toContain(migration.shortId)
  await expect.poll(async () => menuOf(await cardIn(channel, migration))).not.toContain('Bring it')
})

test('watch moves a migration to another channel once, and is refused to who may only read', async () => {
  const { slack, workspace, maya, ola } = town
  const migration = await createMigration(town.api.stores)
  const command = `/migrate watch ${migration.shortId}`
  const home = await settleIn(town, migration)
  await slack.as(maya).type(home, command)
  await town.heard(maya, 'is in this channel already')
  const other = slack.addChannel(workspace, 'moved', { members: [maya, ola] })
  await slack.as(ola).type(other, command)
  await town.heard(ola, 'needs the role operate')
  await slack.as(maya).type(other, command)
  await saidIn(town, other, 'to this channel')
  await slack.waitForMessage(
    ({ channelId, ephemeralTo, blocks }) =>
      channelId === other.id && ephemeralTo === undefined && blocks[0]?.type === 'header',
  )
  await slack.as(maya).type(home, `/migrate verify ${migration.shortId}`)
  expect((await town.heard(maya, 'belongs to')).text).toContain(`<#${other.id}>`)
})

test('a failed migration goes on by a click, and another by the command', async () => {
  const { slack, maya } = town
  const [clicked, typed] = [await failed(), await failed()]
  const channel = await settleIn(town, clicked)
  await slack.as(maya).click(await cardIn(channel, clicked), 'Retry from checkpoint')
  await expectStatus(clicked, 'QUEUED')
  const other = await settleIn(town, typed)
  await slack.as(maya).type(other, '/migrate retry')
  await saidIn(town, other, 'from its last checkpoint')
  await expectStatus(typed, 'QUEUED')
})

test('compare says that nothing has been compared yet', async () => {
  const { slack, maya } = town
  const migration = await createMigration(town.api.stores)
  const channel = await settleIn(town, migration)
  await slack.as(maya).type(channel, '/migrate compare')
  expect((await town.heard(maya, 'Nothing has been compared yet')).ephemeralTo).toBe(maya.id)
})

test('a start is scheduled, moved to another time, and taken back', async () => {
  const { slack, maya } = town
  const migration = await makeReady(town.api.stores, await createMigration(town.api.stores), 'passed')
  const channel = await settleIn(town, migration)
  for (const text of ['Schedule…', 'Another time…']) {
    await slack.as(maya).click(await cardIn(channel, migration), text)
    const modal = await slack.waitForModal(maya, ({ body }) => body.callback_id === 'modal.schedule')
    await slack.as(maya).submit(modal)
    await expectStatus(migration, 'SCHEDULED')
  }
  const card = await cardIn(channel, migration)
  await slack.as(maya).select(card, { actionId: 'migration.more' }, 'Take the schedule back')
  await saidIn(town, channel, 'has taken back the schedule')
  await expectStatus(migration, 'READY')
})

test('an alarm is acknowledged, and its migration shown, from its message', async () => {
  const { slack, maya, api } = town
  const migration = await failed()
  const channel = await settleIn(town, migration)
  await evaluate(api.stores)
  const alarm = await slack.waitForMessage(
    ({ channelId, ephemeralTo, blocks }) =>
      channelId === channel.id && ephemeralTo === undefined && JSON.stringify(blocks).includes('Acknowledge'),
  )
  await slack.as(maya).click(alarm, 'Acknowledge')
  const states = async () =>
    (await listAlarms(api.stores, { migrationId: migration.id })).map(({ state }) => state)
  await expect.poll(states).toContain('ACKNOWLEDGED')
  const acknowledged = await slack.waitForMessage(
    ({ channelId, ephemeralTo, blocks }) =>
      channelId === channel.id &&
      ephemeralTo === undefined &&
      JSON.stringify(blocks).includes('Show migration'),
  )
  await slack.as(maya).click(acknowledged, 'Show migration')
  await slack.waitForMessage(
    ({ channelId, ephemeralTo, blocks }) =>
      channelId === channel.id && ephemeralTo === maya.id && blocks[0]?.type === 'header',
  )
})
