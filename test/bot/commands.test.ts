/** What is typed behind /migrate, from Slack to the answer. */
import { expect, test } from 'vitest'
import { startBotTown, transports } from '../support/bot.ts'

test.each(transports)('help and whoami answer the person only, over %s', async (transport) => {
  await using town = await startBotTown(transport)
  const { slack, maya, ola, channel } = town
  expect(await slack.as(maya).type(channel, '/migrate help')).not.toHaveProperty('error')
  await town.heard(maya, '/migrate pause [id]')
  await slack.as(maya).type(channel, '/migrate whoami')
  await town.heard(maya, 'Your role is admin')
  await slack.as(ola).type(channel, '/migrate whoami')
  await town.heard(ola, 'Your role is read')
  expect(slack.messages(channel)).toEqual([])
})

test('what a command does not read is told, and nothing done', async () => {
  await using town = await startBotTown('http')
  const { slack, maya, channel } = town
  for (const [command, notRead] of [
    ['list all of them', '“of them” was not understood'],
    ['endpoints shop', '“shop” was not understood'],
    ['whoami please now', '“please now” was not understood'],
    ['new a b c', '“c” was not understood'],
  ] as const) {
    await slack.as(maya).type(channel, `/migrate ${command}`)
    await town.heard(maya, notRead)
  }
  expect(slack.as(maya).modal()).toBeUndefined()
})

test('an unknown verb is answered with its nearest match as a button, which runs it', async () => {
  await using town = await startBotTown('http')
  const { slack, maya, channel } = town
  await slack.as(maya).type(channel, '/migrate whoam')
  const suggestion = await town.heard(maya, 'Did you mean this?')
  await slack.as(maya).click(suggestion, '/migrate whoami')
  expect((await town.heard(maya, 'Your role is admin')).ephemeralTo).toBe(maya.id)
})
