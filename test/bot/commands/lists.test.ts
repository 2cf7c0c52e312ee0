/** What there is: migrations and endpoints, also when there are many. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Migration } from '../../../engine/index.ts'
import { alice, createEndpoint } from '../../db/fixtures.ts'
import { type BotTown, startBotTown } from '../../support/bot.ts'
import type { Channel, Message } from '../../support/slack/index.ts'
import { settleIn } from '../settle.ts'

/** More than two pages. */
const count = 22

let town: BotTown
const made: Migration[] = []

beforeAll(async () => {
  town = await startBotTown('http')
  const { stores } = town.api
  const source = await createEndpoint(stores, 'source-of-all')
  const kind = { structure: true, fullCopy: true, incremental: true }
  const selection = { include: [], exclude: [] }
  for (let n = 0; n < count; n += 1) {
    const target = await createEndpoint(stores, `target-${n}`)
    made.push(
      await stores.migrations.create({ sourceId: source.id, targetId: target.id, selection, kind }, alice),
    )
  }
  const over = made[0]!
  await stores.migrations.act({ migrationId: over.id, action: 'CANCEL' }, alice)
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

let rooms = 0

/** Where nothing has been said yet. */
function enter(): Channel {
  rooms += 1
  return town.slack.addChannel(town.workspace, `room-${rooms}`, { members: [town.maya] })
}

/** The answers to maya in the channel, when there are so many. */
async function answers(channel: Channel, many: number): Promise<readonly Message[]> {
  const { slack, maya } = town
  const found = () => slack.ephemerals(maya).filter(({ channelId }) => channelId === channel.id)
  return slack.until(`${many} answers`, () => (found().length >= many ? found() : undefined))
}

function idsIn(messages: readonly Message[]): readonly string[] {
  return messages.flatMap(({ text }) => [...text.matchAll(/\((m-\w+)\)/g)].map(([, id]) => id!))
}

const newestFirst = (migrations: readonly Migration[]) =>
  migrations.map(({ shortId }) => shortId).toReversed()

test('list shows all that are not over, page by page', async () => {
  const { slack, maya } = town
  const channel = enter()
  await slack.as(maya).type(channel, '/migrate list')
  for (const page of [1, 2]) await slack.as(maya).click((await answers(channel, page)).at(-1)!, 'More')
  const pages = await answers(channel, 3)
  expect(idsIn(pages)).toEqual(newestFirst(made.slice(1)))
  await expect(slack.as(maya).click(pages.at(-1)!, 'More')).rejects.toThrow("there is no 'More' here")
})

test('list all shows those that are over, too, and a button leads there', async () => {
  const { slack, maya } = town
  const channel = enter()
  await slack.as(maya).type(channel, '/migrate list')
  await slack.as(maya).click((await answers(channel, 1))[0]!, 'Show all')
  for (const page of [2, 3]) await slack.as(maya).click((await answers(channel, page)).at(-1)!, 'More')
  expect(idsIn((await answers(channel, 4)).slice(1))).toEqual(newestFirst(made))
})

test('what is no list is said to be none', async () => {
  const { slack, maya } = town
  const channel = enter()
  await slack.as(maya).type(channel, '/migrate list yesterday')
  expect((await answers(channel, 1))[0]?.text).toContain('is no list')
})

test('the command alone shows what is active in the channel', async () => {
  const { slack, maya } = town
  const [migration] = made.slice(5)
  const channel = await settleIn(town, migration!)
  await slack.as(maya).type(channel, '/migrate')
  const [answer] = await answers(channel, 1)
  expect(answer?.text).toContain('in this channel')
  expect(idsIn([answer!])).toEqual([migration?.shortId])
  await slack.as(maya).click(answer!, 'Show')
  expect((await answers(channel, 2))[1]?.blocks[0]?.type).toBe('header')
  const other = enter()
  await slack.as(maya).type(other, '/migrate')
  expect((await answers(other, 1))[0]?.text).toContain('none yet')
})

test('endpoints are shown page by page', async () => {
  const { slack, maya } = town
  const channel = enter()
  await slack.as(maya).type(channel, '/migrate endpoints')
  await slack.as(maya).click((await answers(channel, 1))[0]!, 'More')
  const shown = (await answers(channel, 2)).map(({ text }) => text).join()
  for (let n = 0; n < count; n += 1) expect(shown).toMatch(new RegExp(`target-${n}\\b`))
})
