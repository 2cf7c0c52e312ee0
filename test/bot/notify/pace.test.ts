/** When things are sent, by a clock that stands still until the test moves it. */
import { beforeAll, expect, test } from 'vitest'
import type { Lease } from '../../../engine/index.ts'
import { listAlarms } from '../../db/alarms.ts'
import { alice, makeFollowing, noLag } from '../../db/fixtures.ts'
import { pass, passUntil } from './passing.ts'
import { as, fail, planInChannel, type Running, runInChannel, untilWelcome } from './scenes.ts'
import { type Room, shareStage, textOf } from './stage.ts'

const stage = shareStage()

beforeAll(() => stage().slack.clock.freeze())

/**
 * Of what has happened a card hears in several pieces, and is updated at once for each. What is appended here is told when the
 * feed has come to it, and not with what the thread lacks.
 */
async function hearOfAll(room: Room, lease: Lease): Promise<void> {
  await room.stores.runs.appendEvent(lease, { type: 'SOURCE_FENCED', message: 'The last so far.' })
  const told = () => room.slack.messages(room.channel).map(textOf).join()
  await passUntil(room, 'the last event', () => told().includes('The last so far.'))
}

test('progress is shown no sooner than after five seconds, and not at all when nothing has changed', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const { migration, lease } = await makeFollowing(room.stores)
  await room.bind(migration)
  await untilWelcome(room, migration.shortId)
  await hearOfAll(room, lease)
  const former = room.callsOf('chat.update').length
  const updates = () => room.callsOf('chat.update').slice(former)
  for (const seconds of [11, 12, 13]) {
    const before = updates().length
    await room.stores.runs.addLagSample(lease, { ...noLag, seconds })
    await passUntil(room, `a lag of ${seconds} s`, () => updates().length > before)
    await room.waitForCard(migration, `${seconds} s behind`)
  }
  const times = updates().map(({ atMs }) => atMs)
  const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0))
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(5_000)
  await pass(room, { ms: 12_000 })
  expect(updates()).toHaveLength(times.length)
})

const limited = { kind: 'rate limited', retryAfterS: 3_600 } as const

/** Changes of messages are told for a long time to wait, until what is returned is disposed. */
function limitUpdates({ slack, channel }: Room): Disposable {
  const fault = slack.faults.inject({ method: 'chat.update', channel: channel.id, answer: limited })
  return { [Symbol.dispose]: () => fault.remove() }
}

/** Progress is told for a long time to wait, in the channel and in threads, until what is returned is disposed. */
async function limitProgress(room: Room, { lease }: Running): Promise<Disposable> {
  await passUntil(room, 'a thread', () => room.callsOf('chat.postMessage').length > 1)
  const updates = limitUpdates(room)
  const channel = room.channel.id
  room.slack.faults.inject({ method: 'chat.postMessage', channel, times: 1, answer: limited })
  await room.stores.runs.appendEvent(lease, { type: 'NOTE', message: 'This is progress.' })
  const isLimited = () => room.callsOf('chat.postMessage').some(({ status }) => status === 429)
  await passUntil(room, 'progress that is limited', isLimited)
  return updates
}

test.each(['chat.update', 'chat.postMessage'])(
  'what a person did is on the card at once while progress waits for %s',
  async (method) => {
    const room = stage().enter()
    await using _bot = room.startNotifier()
    const { migration, lease } = await makeFollowing(room.stores)
    await room.bind(migration)
    await untilWelcome(room, migration.shortId)
    const card = await room.waitForCard(migration, 'Pause')
    await hearOfAll(room, lease)
    room.slack.faults.inject({ method, channel: room.channel.id, times: 1, answer: limited })
    await room.stores.runs.addLagSample(lease, { ...noLag, seconds: 77 })
    await room.stores.runs.appendEvent(lease, { type: 'NOTE', message: 'This is progress.' })
    await passUntil(room, 'progress that is limited', () =>
      room.callsOf(method).some(({ status }) => status === 429),
    )
    const begunMs = room.clock.nowMs()
    await room.stores.migrations.act({ migrationId: migration.id, action: 'PAUSE' }, alice)
    expect((await room.waitForEdit(card, 'migration.resume')).ts).toBe(card.ts)
    expect(room.clock.nowMs()).toBe(begunMs)
  },
)

test('an alarm is posted at once while progress is answered with 429', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const running = await runInChannel(room)
  using _limited = await limitProgress(room, running)
  const begunMs = room.clock.nowMs()
  await fail(room, running, 'the disk is full')
  await room.waitForAlarm('disk is full')
  const posted = room.callsOf('chat.postMessage').at(-1)
  expect(posted?.status).toBe(200)
  expect((posted?.atMs ?? Infinity) - begunMs).toBeLessThan(2_000)
  expect(room.callsOf('chat.update').every(({ status }) => status === 429)).toBe(true)
})

test('an alarm does not wait for another message of its channel that cannot be changed now', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const [one, other] = [await runInChannel(room), await runInChannel(room)]
  await fail(room, one, 'the first disk is full')
  await passUntil(room, 'an alarm', () => room.alarmMessages().length === 1)
  using _limited = limitUpdates(room)
  const [alarm] = await listAlarms(room.stores, { migrationId: one.migration.id })
  await room.stores.alarms.acknowledge({ alarmId: alarm!.id }, alice)
  await room.stores.runs.appendEvent(other.lease, { type: 'SOURCE_FENCED', message: 'It is closed.' })
  await fail(room, other, 'the second disk is full')
  await passUntil(room, 'another alarm', () => room.alarmMessages().length === 2)
  expect(room.slack.messages(room.channel).map(textOf).join()).toContain('It is closed.')
  expect(JSON.stringify(room.alarmMessages()[0]?.blocks)).not.toContain('Acknowledged')
})

test('a fence is told at once while progress is answered with 429', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const running = await runInChannel(room)
  using _limited = await limitProgress(room, running)
  await room.stores.runs.appendEvent(running.lease, { type: 'SOURCE_FENCED', message: 'It is closed.' })
  const told = await room.waitForMessage('It is closed.')
  expect(told.threadTs).toBeUndefined()
})

test('a decision on a plan is shown at once while progress is answered with 429', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const ben = room.slack.addUser(room.workspace, 'ben')
  const planned = await planInChannel(room, 1, [ben.email])
  const asked = await room.waitForMessage('Ready for cutover')
  await passUntil(room, 'a card with the plan', () =>
    room.slack.messages(room.channel).map(textOf).join().includes('Show cutover plan'),
  )
  room.slack.faults.inject({ method: 'chat.update', channel: room.channel.id, times: 1, answer: limited })
  await room.stores.runs.addLagSample(planned.lease, { ...noLag, seconds: 77 })
  await passUntil(room, 'progress that is limited', () =>
    room.callsOf('chat.update').some(({ status }) => status === 429),
  )
  const { migrationId, digest: planDigest } = planned.plan
  await room.stores.cutovers.approve({ migrationId, planDigest }, as(ben.email))
  expect((await room.waitForEdit(asked, 'Cutover approved')).ts).toBe(asked.ts)
})

test('a decision on a plan is shown before what has still to be posted in the channel, and that comes in its order', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const ben = room.slack.addUser(room.workspace, 'ben')
  const planned = await planInChannel(room, 1, [ben.email])
  const asked = await room.waitForMessage('Ready for cutover')
  const other = await runInChannel(room)
  await passUntil(room, 'another card', () => room.slack.messages(room.channel).length === 3)
  // Of these Slack takes one a second, and the clock stands.
  const told = ['One', 'Two', 'Three', 'Four', 'Five']
  for (const [n, message] of told.entries()) {
    const { lease } = [planned, other][n % 2]!
    await room.stores.runs.appendEvent(lease, { type: 'SOURCE_FENCED', message: `${message} is closed.` })
  }
  const { migrationId, digest: planDigest } = planned.plan
  await room.stores.cutovers.approve({ migrationId, planDigest }, as(ben.email))
  await room.waitForEdit(asked, 'Cutover approved')
  const said = () => {
    const texts = room.slack.messages(room.channel).map(textOf)
    return texts.flatMap((text) => /(\w+) is closed/.exec(text)?.[1] ?? [])
  }
  expect(said()).not.toContain('Five')
  await passUntil(room, 'all', () => said().length === told.length)
  expect(said()).toEqual(told)
})
