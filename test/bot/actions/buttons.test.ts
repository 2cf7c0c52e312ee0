/** Buttons that are clicked twice. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMigration } from '../../db/fixtures.ts'
import { type BotTown, startBotTown } from '../../support/bot.ts'

let town: BotTown

beforeAll(async () => {
  town = await startBotTown('http')
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

/** The card of a new migration, for the eyes of maya. */
async function seeCard() {
  const { slack, api, maya, channel } = town
  const migration = await createMigration(api.stores)
  await slack.as(maya).type(channel, `/migrate status ${migration.shortId}`)
  const card = await slack.waitForMessage(
    ({ ephemeralTo, blocks }) =>
      ephemeralTo === maya.id && JSON.stringify(blocks).includes(`\\"${migration.shortId}\\"`),
  )
  return { migration, card }
}

test('a double click does it once', async () => {
  const { slack, api, maya, channel } = town
  const { migration, card } = await seeCard()
  await Promise.all([
    slack.as(maya).click(card, 'Verify', { asSeen: true }),
    slack.as(maya).click(card, 'Verify', { asSeen: true }),
  ])
  await slack.waitForMessage(({ text }) => text.includes(`(${migration.shortId}) verified`))
  const events = await api.stores.events.readMigration(migration.id, 0n, 100)
  expect(events.filter(({ type }) => type === 'STATUS_CHANGED')).toHaveLength(1)
  expect(slack.messages(channel).filter(({ text }) => text.includes(migration.shortId))).toHaveLength(1)
})
