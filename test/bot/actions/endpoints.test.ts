/** A database is made known without its password passing through Slack. */
import { expect, test } from 'vitest'
import { createEndpoint } from '../../db/fixtures.ts'
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
  await slack.as(maya).type(channel, '/migrate endpoints')
  const list = await town.heard(maya, 'Password link')
  await slack.as(maya).click(list, 'Password link')
  const again = await town.heard(maya, 'A link from before works no more')
  const urls = [told, again].map(({ blocks }) => /https?:[^"]*#[^"]+/.exec(JSON.stringify(blocks))?.[0])
  expect(urls[0]).toBeDefined()
  expect(urls[1]).toBeDefined()
  expect(urls[1]).not.toBe(urls[0])
  expect(slack.messages(channel)).toEqual([])
  const { data } = await api.query('{ endpoints(first: 2) { nodes { name hasPassword } } }')
  expect(data).toEqual({ endpoints: { nodes: [{ name: 'shop', hasPassword: false }] } })
})

test('a link that Slack did not take is made anew', async () => {
  await using town = await startBotTown('http')
  const { slack, maya, channel } = town
  await slack.as(maya).type(channel, '/migrate endpoints')
  await slack.as(maya).click(await town.heard(maya, 'New endpoint'), 'New endpoint…')
  const modal = await slack.waitForModal(maya)
  const fault = slack.faults.inject({
    method: 'chat.postEphemeral',
    times: 1,
    answer: { kind: 'http', status: 500 },
  })
  const entries = { name: 'shop', host: 'db.example.com', database: 'shop', user: 'mover' }
  await slack.as(maya).submit(modal, entries)
  await slack.until('the link to be refused', () => fault.hits() > 0 || undefined)
  await town.restart()
  expect((await town.heard(maya, 'Enter password')).ephemeralTo).toBe(maya.id)
})

test('who may only look is given no link', async () => {
  await using town = await startBotTown('http')
  const { slack, api, ola, channel } = town
  const { id } = await createEndpoint(api.stores, 'with-password')
  await slack.as(ola).type(channel, '/migrate endpoints')
  const list = await town.heard(ola, 'with-password')
  expect(JSON.stringify(list.blocks)).not.toContain('Password link')
  const value = JSON.stringify({ i: id })
  const button = {
    type: 'button',
    action_id: 'endpoint.password-link',
    value,
    text: { type: 'plain_text', text: 'Forged' },
  }
  const forged = { ...list, blocks: [{ type: 'actions', elements: [button] }] }
  await slack.as(ola).click(forged, 'Forged', { asSeen: true })
  const told = await slack.until('an answer', () => slack.ephemerals(ola)[1])
  expect(JSON.stringify(told)).not.toContain('Enter')
})
