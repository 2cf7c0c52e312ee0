/** What Slack brings is done once, and nobody else brings anything. */
import { expect, test } from 'vitest'
import { startBotTown, transports } from '../support/bot.ts'
import { countingRegistry } from './counting.ts'

test.each([
  ['an exact replay', {}],
  ['the same from the future, signed rightly', { timestampOffsetS: 600 }],
  ['the same, ten minutes old', { timestampOffsetS: -600 }],
  ['a wrong signature', { signature: 'wrong' }],
] as const)('%s is refused before any handler', async (_what, options) => {
  const { registry, runs } = countingRegistry()
  await using town = await startBotTown('http', { registry })
  const { slack, maya, channel } = town
  await slack.as(maya).type(channel, '/migrate start')
  await town.heard(maya, 'started')
  expect(await slack.replay(slack.deliveries[0]!, options)).toBe(401)
  await town.stopBot()
  expect(runs()).toBe(1)
})

test('what is about nothing that Slack knows is answered with 404, and the bot lives on', async () => {
  await using town = await startBotTown('http')
  for (const [path, method] of [
    ['/slack/', 'GET'],
    ['/slack/nowhere', 'POST'],
    ['/slack/events', 'GET'],
    ['/slack/install', 'GET'],
    ['/slack/events/more', 'POST'],
  ] as const)
    expect((await fetch(`${town.api.url}${path}`, { method })).status).toBe(404)
  expect(await town.slack.verifyRequestUrl()).toBe(true)
})

test.each(transports)('a double click runs once, over %s', async (transport) => {
  const { registry, runs } = countingRegistry()
  await using town = await startBotTown(transport, { registry })
  const { slack, maya, channel } = town
  await slack.as(maya).type(channel, '/migrate status')
  const card = await slack.waitForMessage(({ text }) => text === 'card')
  await Promise.all([1, 2, 3].map(() => slack.as(maya).click(card, 'Go')))
  await town.heard(maya, 'clicked')
  await town.stopBot()
  expect(runs()).toBe(1)
})

test('the clicks of two people are two', async () => {
  const { registry, runs } = countingRegistry()
  await using town = await startBotTown('http', { registry })
  const { slack, maya, ben, channel } = town
  await slack.as(maya).type(channel, '/migrate status')
  const card = await slack.waitForMessage(({ text }) => text === 'card')
  await Promise.all([maya, ben].map((user) => slack.as(user).click(card, 'Go')))
  await Promise.all([maya, ben].map((user) => town.heard(user, 'clicked')))
  expect(runs()).toBe(2)
})

test.each(transports)('a delivery that comes twice is done once, over %s', async (transport) => {
  const { registry, runs } = countingRegistry()
  await using town = await startBotTown(transport, { registry })
  const { slack, maya, channel } = town
  await slack.as(maya).type(channel, '/migrate start')
  await town.heard(maya, 'started')
  const [delivery] = slack.deliveries
  // Over HTTP signed anew, as Slack does.
  if (transport === 'http') await slack.replay(delivery!, { timestampOffsetS: -5 })
  else await slack.deliver(delivery!)
  await town.stopBot()
  expect(runs()).toBe(1)
})

test('a modal is answered with the errors at its inputs, closed when all is well, and done once', async () => {
  const { registry, runs } = countingRegistry()
  await using town = await startBotTown('http', { registry })
  const { slack, maya, channel } = town
  await slack.as(maya).type(channel, '/migrate new')
  const modal = await slack.waitForModal(maya)
  await slack.as(maya).submit(modal, { Name: 'no' })
  expect(slack.as(maya).modal()?.errors).toEqual({ name: 'Not this one.' })
  await slack.as(maya).submit(modal, { Name: 'password=hunter2' })
  expect(JSON.stringify(slack.as(maya).modal()?.body)).toContain('a password or a token')
  await slack.as(maya).closeModal()
  await slack.as(maya).submit(modal, { Name: 'yes' })
  expect(slack.as(maya).modal()).toBeUndefined()
  expect(runs()).toBe(2)
  expect(town.logged()).not.toContain('hunter2')
})

test('a refusal that comes when the modal is closed already is told to the person', async () => {
  const { registry, release } = countingRegistry()
  await using town = await startBotTown('http', { registry, startsBot: false })
  await town.restart({ slack: { ...town.settings.slack, patienceMs: 3_000 } })
  const { slack, maya, channel } = town
  await slack.as(maya).type(channel, '/migrate new')
  await slack.as(maya).submit(await slack.waitForModal(maya), { Name: 'slowly' })
  expect(slack.as(maya).modal()).toBeUndefined()
  release()
  const told = await slack.waitForMessage(({ text }) => text.includes('Not this one.'))
  expect(told).toMatchObject({ ephemeralTo: maya.id, channelId: channel.id })
})

test('when the API cannot be reached the person is told so at once, of a command and of a click', async () => {
  const { registry, runs } = countingRegistry()
  await using town = await startBotTown('http', { registry })
  const { slack, maya, channel } = town
  await slack.as(maya).type(channel, '/migrate status')
  const card = await slack.waitForMessage(({ text }) => text === 'card')
  await town.restart({ api: { url: 'http://127.0.0.1:1', token: 'none' } })
  expect(await slack.as(maya).type(channel, '/migrate start')).not.toHaveProperty('error')
  await town.heard(maya, 'Godwit does not answer at the moment')
  expect(await slack.as(maya).click(card, 'Go')).not.toHaveProperty('error')
  await slack.until('a second answer', () => slack.ephemerals(maya).length >= 2 || undefined)
  expect(runs()).toBe(0)
})
