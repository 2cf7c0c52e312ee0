import { expect, test } from 'vitest'
import { startBolt, startTown } from './bolt-app.ts'
import { webClientOf } from './web-client.ts'

/** Resolves to what the call failed with. */
async function failure(call: Promise<unknown>): Promise<unknown> {
  try {
    await call
  } catch (error) {
    return error
  }
  throw new Error('the call did not fail')
}

test('429 with Retry-After, so many times, for a channel only', async () => {
  await using town = await startTown()
  const { slack, channel } = town
  const other = slack.addChannel(town.workspace, 'other')
  const client = webClientOf(town)
  const fault = slack.faults.inject({
    method: 'chat.postMessage',
    channel: channel.id,
    times: 2,
    answer: { kind: 'rate limited', retryAfterS: 7 },
  })
  const post = (to: string) => client.chat.postMessage({ channel: to, text: 'x' })
  expect(await failure(post(channel.id))).toMatchObject({ retryAfter: 7 })
  expect(await post(other.id)).toMatchObject({ ok: true })
  expect(await failure(post(channel.id))).toMatchObject({ retryAfter: 7 })
  expect(await post(channel.id)).toMatchObject({ ok: true })
  expect(fault.hits()).toBe(2)
})

test('an error of any kind, for a time', async () => {
  await using town = await startTown()
  const { slack, channel } = town
  const client = webClientOf(town)
  slack.faults.inject({ forMs: 60_000, answer: { kind: 'error', code: 'fatal_error' } })
  const post = () => client.chat.postMessage({ channel: channel.id, text: 'x' })
  expect(await failure(post())).toMatchObject({ data: { error: 'fatal_error' } })
  slack.clock.advance(59_000)
  expect(await failure(post())).toMatchObject({ data: { error: 'fatal_error' } })
  slack.clock.advance(1000)
  expect(await post()).toMatchObject({ ok: true })
})

test('HTTP 500, until it is taken away', async () => {
  await using town = await startTown()
  const { slack, channel } = town
  const client = webClientOf(town)
  const fault = slack.faults.inject({ answer: { kind: 'http', status: 500 } })
  const post = () => client.chat.postMessage({ channel: channel.id, text: 'x' })
  expect(await failure(post())).toMatchObject({ statusCode: 500 })
  fault.remove()
  expect(await post()).toMatchObject({ ok: true })
})

test('no answer, until the caller gives up, and no effect', async () => {
  await using town = await startTown()
  const { slack, channel, token } = town
  slack.faults.inject({ method: 'chat.postMessage', answer: { kind: 'hang' } })
  const patience = new AbortController()
  const body = new URLSearchParams({ token, channel: channel.id, text: 'x' })
  const failed = failure(
    fetch(`${slack.apiUrl}chat.postMessage`, { method: 'POST', body, signal: patience.signal }),
  )
  expect(await slack.untilCalled('chat.postMessage')).toMatchObject({ status: 0 })
  patience.abort()
  expect(await failed).toMatchObject({ name: 'AbortError' })
  expect(slack.messages(channel)).toEqual([])
})

test('no answer for a time', async () => {
  await using town = await startTown()
  const { slack, channel } = town
  slack.faults.inject({ method: 'chat.postMessage', forMs: 60_000, answer: { kind: 'hang' } })
  const failed = failure(webClientOf(town).chat.postMessage({ channel: channel.id, text: 'x' }))
  await slack.untilCalled('chat.postMessage')
  slack.clock.advance(60_000)
  expect(await failed).toMatchObject({ statusCode: 503 })
})

test('an answer that is lost, after the call had its effect', async () => {
  await using town = await startTown()
  const { slack, channel } = town
  slack.faults.inject({ method: 'chat.postMessage', times: 1, answer: { kind: 'lost answer' } })
  await failure(webClientOf(town).chat.postMessage({ channel: channel.id, text: 'once' }))
  expect(slack.messages(channel)).toMatchObject([{ text: 'once' }])
})

test('a fault for response URLs uses them up no further', async () => {
  await using bot = await startBolt('http')
  const { slack, maya, channel } = bot
  slack.faults.inject({ method: 'response_url', times: 1, answer: { kind: 'http', status: 503 } })
  const statuses: unknown[] = []
  bot.app.command('/migrate', async ({ ack, respond }) => {
    await ack()
    await respond('first').catch((error: unknown) => statuses.push(error))
    await respond('second')
  })
  await slack.as(maya).type(channel, '/migrate')
  await slack.waitForMessage(({ text }) => text === 'second')
  expect(statuses).toMatchObject([{ message: expect.stringContaining('503') }])
  expect(slack.ephemerals(maya)).toHaveLength(1)
})
