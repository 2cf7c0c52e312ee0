/** What the feed is read for is said, whatever becomes of the process and of its place in the feed. */
import { expect, test } from 'vitest'
import { z } from 'zod'
import { ApiUnreachableError } from '../../../bot/client/index.ts'
import type { NotifyNeeds } from '../../../bot/notify/index.ts'
import type { Records } from '../../../bot/records/index.ts'
import { waitFor } from '../../support/wait-for.ts'
import { fail, goOn, runInChannel } from './scenes.ts'
import { type Room, shareStage } from './stage.ts'

const stage = shareStage()

const note = z.object({ cursor: z.string() })

async function notedPlace({ records }: Room): Promise<string> {
  return note.parse((await records.find('cursor/feed'))?.value).cursor
}

test('the noted place stays before what is not announced yet, also when what came later is', async () => {
  const [blocked, free] = [stage().enter(), stage().enter()]
  const first = stage().startNotifier()
  const [late, soon] = [await runInChannel(blocked), await runInChannel(free)]
  await blocked.waitForCard(late.migration)
  await free.waitForCard(soon.migration)
  const channel = blocked.channel.id
  const outage = stage().slack.faults.inject({ channel, answer: { kind: 'http', status: 503 } })
  await fail(blocked, late, 'the disk is full')
  await blocked.untilCalled('chat.postMessage', 503)
  await fail(free, soon, 'the disk is empty')
  await free.waitForAlarm('disk is empty')
  // It notes its place once more when it stops.
  await first[Symbol.asyncDispose]()
  outage.remove()
  await using _second = stage().startNotifier()
  await blocked.waitForAlarm('disk is full')
  await blocked.waitForCard(late.migration, 'disk is full')
  expect(blocked.alarmMessages()).toHaveLength(1)
  expect(free.alarmMessages()).toHaveLength(1)
})

test('a place that the feed does not know any more: what there is to say is said by the state, and reading goes on', async () => {
  const room = stage().enter()
  const before = room.startNotifier()
  const one = await runInChannel(room)
  const other = await runInChannel(room)
  await room.waitForCard(one.migration)
  await room.waitForCard(other.migration)
  await before[Symbol.asyncDispose]()
  await fail(room, one, 'nobody was there')
  await room.records.put('cursor/feed', { cursor: 'unknown' })
  await using _after = room.startNotifier()
  await room.waitForAlarm('nobody was there')
  await room.waitForCard(one.migration, 'nobody was there')
  await fail(room, other, 'somebody is there')
  await room.waitForAlarm('somebody is there')
  expect(room.alarmMessages()).toHaveLength(2)
  expect(room.logged()).toContain('is not known any more')
  await waitFor(async () => (await notedPlace(room)) !== 'unknown', { describe: 'a place that is known' })
})

test('a place that is lost is not left before what there is to say has been said', async () => {
  const room = stage().enter()
  const running = await runInChannel(room)
  await fail(room, running, 'nobody was there')
  await room.records.put('cursor/feed', { cursor: 'lost' })
  const outage = room.slack.faults.inject({ channel: room.channel.id, answer: { kind: 'http', status: 503 } })
  const first = room.startNotifier()
  await room.slack.until('an alarm that cannot be posted', () =>
    room.logged().includes(`later: alarm of ${running.migration.shortId}`) ? true : undefined,
  )
  await first[Symbol.asyncDispose]()
  expect(await notedPlace(room)).toBe('lost')
  outage.remove()
  await using _second = room.startNotifier()
  await room.waitForAlarm('nobody was there')
  await waitFor(async () => (await notedPlace(room)) !== 'lost', { describe: 'a place that is known' })
})

test('a place that was noted although nobody was told so is this reader’s own: it reads on', async () => {
  const room = stage().enter()
  let lost = 0
  const losing = (records: Records): NotifyNeeds['records'] => ({
    find: (...args) => records.find(...args),
    list: (...args) => records.list(...args),
    delete: (...args) => records.delete(...args),
    put: async (...args) => {
      const note = await records.put(...args)
      if (args[0] !== 'cursor/feed' || lost > 0 || !isCut) return note
      lost += 1
      throw new ApiUnreachableError('the answer is lost')
    },
  })
  let isCut = false
  await using _bot = room.startNotifier({ records: losing })
  const [one, other] = [await runInChannel(room), await runInChannel(room)]
  await room.waitForCard(one.migration)
  await room.waitForCard(other.migration)
  isCut = true
  await fail(room, one, 'the first disk')
  await room.waitForAlarm('first disk')
  await waitFor(
    () => {
      room.slack.clock.advance(1_000)
      return lost === 1
    },
    { describe: 'a place whose answer is lost' },
  )
  await fail(room, other, 'the second disk')
  await room.waitForAlarm('second disk')
  const before = await notedPlace(room)
  await goOn(room, one)
  await waitFor(
    async () => {
      room.slack.clock.advance(1_000)
      return (await notedPlace(room)) !== before
    },
    { describe: 'the place to be noted on' },
  )
  expect(room.logged()).not.toContain('the note cursor/feed has changed')
})

test('who finds that another reads the feed as well gives up the lease, and begins anew', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const [one, other] = [await runInChannel(room), await runInChannel(room)]
  await room.waitForCard(one.migration)
  await room.waitForCard(other.migration)
  await waitFor(() => room.records.find('cursor/feed'), { describe: 'the feed to be read' })
  await room.records.put('cursor/feed', { cursor: await notedPlace(room), by: 'another' })
  await fail(room, one, 'the first disk')
  await room.waitForAlarm('first disk')
  await waitFor(
    () => {
      room.slack.clock.advance(1_000)
      return room.logged().includes('the note cursor/feed has changed')
    },
    { describe: 'the other to be found' },
  )
  await fail(room, other, 'the second disk')
  await expect
    .poll(() => {
      room.slack.clock.advance(1_000)
      return room.alarmMessages().length
    })
    .toBe(2)
})
