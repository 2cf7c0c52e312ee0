/** Slack with all its limits, and more to show than it takes updates of, by a clock that the test moves. */
import { beforeAll, expect, test } from 'vitest'
import { alice, makeFollowing, noLag } from '../../db/fixtures.ts'
import type { Message } from '../../support/slack/index.ts'
import { pass, passUntil } from './passing.ts'
import { fail, type Running, untilWelcome } from './scenes.ts'
import { type Room, shareStage, textOf } from './stage.ts'

const stage = shareStage({
  slack: { rateLimits: 'as in Slack' },
  // The clock goes faster than that of the API.
  api: { limits: { operationsPerSecond: 10_000, operationBurst: 10_000 } },
})
const [channels, cardsAChannel] = [5, 4]
const minuteMs = 60_000
/** However far a busy machine stays behind the clock. */
const patiently = { ms: 60 * minuteMs, stepMs: 500 }

beforeAll(async () => {
  stage().slack.clock.freeze()
  await stage().stores.queue.setLimits({ overall: channels * cardsAChannel }, alice)
})

interface Followed extends Running {
  readonly room: Room
}

test('of more progress than Slack takes, each card gets its share and the latest in the end, and people and alarms come first', async () => {
  const followed = await followInRooms()
  const [first, paused, failed] = [followed[0]!, followed[7]!, followed[13]!]
  const goingOn = followed.filter((each) => each !== paused && each !== failed)
  await using _bot = stage().startNotifier()
  await passUntil(
    first.room,
    'all cards',
    () => followed.every((each) => cardOf(each) !== undefined),
    patiently,
  )
  for (const { room, migration } of followed) await untilWelcome(room, migration.shortId)

  // Every card has something new each five seconds: 20 cards would take 240 updates a minute.
  for (let seconds = 11; seconds < 20; seconds += 1) {
    await makeProgress(followed, seconds)
    await pass(first.room, { ms: 5_000, stepMs: 500 })
  }
  await stage().stores.migrations.act({ migrationId: paused.migration.id, action: 'PAUSE' }, alice)
  await paused.room.waitForEdit(cardOf(paused)!, 'migration.resume')
  await fail(failed.room, failed, 'the disk is full')
  await failed.room.waitForAlarm('the disk is full')

  await makeProgress(goingOn, 44)
  await passUntil(
    first.room,
    'all cards as things are',
    () => goingOn.every((each) => says(each, '44 s behind')),
    patiently,
  )
  expect(stage().slack.calls.filter(({ status }) => status === 429)).toEqual([])
  const times = updates().map(({ atMs }) => atMs)
  expect(times.length).toBeGreaterThan(25)
  expect(mostInAMinute(times)).toBeLessThanOrEqual(50)
})

async function followInRooms(): Promise<readonly Followed[]> {
  const rooms = Array.from({ length: channels }, () => stage().enter())
  const followed = await Promise.all(rooms.map(followIn))
  return followed.flat()
}

async function followIn(room: Room): Promise<readonly Followed[]> {
  const followed: Followed[] = []
  for (let card = 0; card < cardsAChannel; card += 1) {
    const running = await makeFollowing(room.stores)
    await room.stores.leases.renew(running.lease, 60 * minuteMs)
    await room.bind(running.migration)
    followed.push({ ...running, room })
  }
  return followed
}

async function makeProgress(followed: readonly Running[], seconds: number): Promise<void> {
  const { runs } = stage().stores
  await Promise.all(followed.map(({ lease }) => runs.addLagSample(lease, { ...noLag, seconds })))
}

function cardOf({ room, migration: { shortId } }: Followed): Message | undefined {
  return room.slack
    .messages(room.channel)
    .find(
      (message) =>
        message.blocks.some((block) => block.block_id === 'card') && textOf(message).includes(shortId),
    )
}

function says(followed: Followed, what: string): boolean {
  const card = cardOf(followed)
  return card !== undefined && textOf(card).includes(what)
}

function updates() {
  return stage().slack.callsOf('chat.update')
}

function mostInAMinute(timesMs: readonly number[]): number {
  const counts = timesMs.map(
    (fromMs) => timesMs.filter((ms) => ms >= fromMs && ms < fromMs + minuteMs).length,
  )
  return Math.max(0, ...counts)
}
