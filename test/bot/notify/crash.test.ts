import { expect, test } from 'vitest'
import { z } from 'zod'
import { waitFor } from '../../support/wait-for.ts'
import { chooseSeed, seededRandom } from '../../support/random.ts'
import type { Point } from './life.ts'
import { fail, runInChannel } from './scenes.ts'
import { type Room, startStage, textOf } from './stage.ts'

/** As if the time of the lease were over: the process that had it does not come back. */
async function expireLease(stage: Room): Promise<void> {
  await stage.records.delete('lease/feed')
  stage.slack.clock.advance(3_000)
}

/** Waits until of all that was posted it is noted where it is. */
async function untilNoted(stage: Room): Promise<void> {
  const note = z.object({ ts: z.string() })
  await waitFor(async () => {
    for await (const { value } of stage.records.list('message/'))
      if (!note.safeParse(value).success) return false
    return true
  })
}

/** How often the process died when something was posted and not noted yet: Slack has nothing to find that by. */
class Doubts {
  count = 0
  #before: Point | undefined

  see(point: Point, dies: boolean): boolean {
    const isPosted = point.call === 'post' && point.side === 'after'
    const wasPosted = this.#before?.call === 'post' && this.#before.side === 'after'
    if (dies && (isPosted || (wasPosted && point.side === 'before'))) this.count += 1
    this.#before = point
    return dies
  }
}

test('killed at any point, a process leaves nothing that the next one does not say, and only once', async () => {
  const random = seededRandom(chooseSeed())
  await using shared = await startStage()
  const stage = shared.enter()
  const doubts = new Doubts()
  const sayings: string[] = []
  await using first = stage.startNotifier()
  const runs = []
  for (let round = 0; round < 3; round += 1) runs.push(await runInChannel(stage))
  for (const { migration } of runs) await stage.waitForCard(migration)
  first.kill()
  for (const [round, running] of runs.entries()) {
    await expireLease(stage)
    const deadly = random.between(1, 14)
    const bot = stage.startNotifier({ diesAt: (point) => doubts.see(point, point.number === deadly) })
    const saying = `failure of round ${round}`
    sayings.push(saying)
    await fail(stage, running, saying)
    await Promise.race([bot.died, stage.waitForAlarm(saying)])
    bot.kill()
    await bot[Symbol.asyncDispose]()
  }
  await expireLease(stage)
  await using _last = stage.startNotifier()
  for (const saying of sayings) await stage.waitForAlarm(saying)
  for (const { migration } of runs) await stage.waitForCard(migration, 'failure of round')
  const alarms = stage.alarmMessages().map(textOf)
  for (const saying of sayings) expect(alarms.some((text) => text.includes(saying))).toBe(true)
  expect(alarms.length - sayings.length).toBeLessThanOrEqual(doubts.count)
})

test('of two processes one tells, and the other takes over', async () => {
  await using shared = await startStage()
  const stage = shared.enter()
  await using first = stage.startNotifier()
  const one = await runInChannel(stage)
  const other = await runInChannel(stage)
  await stage.waitForCard(one.migration)
  await stage.waitForCard(other.migration)
  await using _second = stage.startNotifier()
  await fail(stage, one, 'the disk is full')
  await stage.waitForAlarm('disk is full')
  await untilNoted(stage)
  first.kill()
  await expireLease(stage)
  await fail(stage, other, 'the disk is empty')
  await stage.waitForAlarm('disk is empty')
  await stage.waitForCard(other.migration, 'disk is empty')
  expect(stage.alarmMessages()).toHaveLength(2)
  const posted = stage.slack.callsOf('chat.postMessage').filter(({ args }) => args.thread_ts === undefined)
  expect(posted).toHaveLength(4)
})
