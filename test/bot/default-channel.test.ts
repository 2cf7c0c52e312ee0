/** Where migrations are shown that were not made in Slack. */
import { expect, test } from 'vitest'
import { createEndpoint, createMigration } from '../db/fixtures.ts'
import type { TestApi } from '../support/api.ts'
import { startBotTown } from '../support/bot.ts'
import { waitFor } from '../support/wait-for.ts'

test('a channel of the settings is one of the one workspace, if they do not say otherwise', async () => {
  await using town = await startBotTown('http', { startsBot: false })
  const { slack, api, channel, settings } = town
  const defaultChannel = { team: null, channel: channel.id }
  await town.restart({ slack: { ...settings.slack, defaultChannel } })
  await waitFor(() => isReading(api), { describe: 'the feed to be read' })
  const { shortId } = await createMigration(api.stores)
  const card = await slack.waitForMessage(({ blocks }) => blocks.some(({ block_id }) => block_id === 'card'))
  expect(card.channelId).toBe(channel.id)
  expect(JSON.stringify(card.blocks)).toContain(shortId)
})

test('what is made without a channel goes to that of the settings', async () => {
  await using town = await startBotTown('http', { startsBot: false })
  const { slack, api, workspace, channel, maya, settings } = town
  for (const name of ['old', 'new']) await createEndpoint(api.stores, name)
  const defaultChannel = { team: null, channel: channel.id }
  await town.restart({ slack: { ...settings.slack, defaultChannel } })
  await waitFor(() => isReading(api), { describe: 'the feed to be read' })
  await slack.as(maya).openHome()
  const direct = [...workspace.channels.values()].find(({ kind }) => kind === 'im')!
  await slack.as(maya).type(direct, '/migrate new old new')
  const modal = await slack.waitForModal(maya, ({ body }) => body.callback_id === 'modal.new-migration')
  await slack.as(maya).submit(modal, { Channel: direct.id })
  expect(slack.as(maya).modal()).toBeUndefined()
  const card = await slack.waitForMessage(({ blocks }) => blocks.some(({ block_id }) => block_id === 'card'))
  expect(card.channelId).toBe(channel.id)
})

async function isReading(api: TestApi): Promise<boolean> {
  const { data } = await api.query<{ readonly botRecord: object | null }>(
    '{ botRecord(namespace: "slack", key: "cursor/feed") { key } }',
  )
  return data?.botRecord != null
}
