import { expect, test } from 'vitest'
import { startSlack } from '../support/slack/index.ts'
import { startTown } from './bolt-app.ts'

test('waiting ends with what it waited for, or says what did not come', async () => {
  await using town = await startTown()
  const { slack, maya, channel } = town
  const waiting = slack.waitForMessage(({ text }) => text === 'now')
  slack.as(maya).say(channel, 'not yet')
  slack.as(maya).say(channel, 'now')
  expect(await waiting).toMatchObject({ text: 'now' })
  const forRain = slack.until('rain', () => undefined, 1)
  await expect(forRain).rejects.toThrow('waited 1 ms in the simulated Slack for rain')
})

test('an error of the condition is passed on', async () => {
  await using town = await startTown()
  const { slack, maya, channel } = town
  const waiting = slack.waitForMessage(() => {
    throw new Error('a typo')
  })
  slack.as(maya).say(channel, 'x')
  await expect(waiting).rejects.toThrow('a typo')
})

test('what was read is a copy', async () => {
  await using town = await startTown()
  const { slack, maya, channel } = town
  const said = slack.as(maya).say(channel, 'x')
  said.text = 'changed'
  expect(slack.latestMessage(channel).text).toBe('x')
})

test('the clock moves on by itself, and in steps when told to', async () => {
  await using slack = await startSlack()
  const { clock } = slack
  const fired: string[] = []
  const soon = Promise.withResolvers<void>()
  clock.after(1, soon.resolve)
  await soon.promise
  clock.freeze()
  const startMs = clock.nowMs()
  clock.after(20, () => fired.push(`second at ${clock.nowMs() - startMs}`))
  clock.after(10, () => {
    fired.push(`first at ${clock.nowMs() - startMs}`)
    clock.after(5, () => fired.push(`third at ${clock.nowMs() - startMs}`))
  })
  const cancel = clock.after(12, () => fired.push('cancelled'))
  cancel()
  clock.advance(19)
  expect(fired).toEqual(['first at 10', 'third at 15'])
  clock.advance(1)
  expect(fired).toEqual(['first at 10', 'third at 15', 'second at 20'])
  expect(clock.nowMs() - startMs).toBe(20)
})

test('ts of messages grow, also when time stands still', async () => {
  await using town = await startTown()
  const { slack, maya, channel } = town
  slack.clock.freeze()
  const [first, second] = [slack.as(maya).say(channel, '1'), slack.as(maya).say(channel, '2')]
  expect(Number(second.ts)).toBeGreaterThan(Number(first.ts))
  expect(first.ts).toMatch(/^\d{10}\.\d{6}$/)
})
