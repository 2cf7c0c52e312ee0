/** A database is made known without its password passing through Slack. */
import { expect, test } from 'vitest'
import { startBotTown } from '../../support/bot.ts'

test('an endpoint is made without a password, which a link asks for once', async () => {
  await using town = await startBotTown('http')
  const { slack, api, maya, channel } = town
  await slack.as(maya).type(channel, '/migrate endpoints')
  await slack.as(maya).click(await town.heard(maya, 'New endpoint'), 'New endpoint…')
  const modal = await slack.waitForModal(maya)
  const entries = { name: 'shop', host: 'db.example.com', database: 'shop', user: 'mover' }
  await slack.as(maya).submit(modal, entries)
  const told = await town.heard(maya, 'Enter password')
  expect(told.ephemeralTo).toBe(maya.id)
  const { data } = await api.query('{ endpoints(first: 2) { nodes { name hasPassword } } }')
  expect(data).toEqual({ endpoints: { nodes: [{ name: 'shop', hasPassword: false }] } })
})
