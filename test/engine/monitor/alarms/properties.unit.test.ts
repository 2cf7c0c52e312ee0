import fc from 'fast-check'
import { expect, test } from 'vitest'
import { comebackMs, isOpen, type AlarmKind } from '../../../../engine/index.ts'
import { Simulation } from './simulation.ts'

/** What happens within a second or so. Long runs of one lag are as likely as changes. */
type Happening =
  | { readonly type: 'lag'; readonly seconds: number; readonly times: number }
  | { readonly type: 'gap'; readonly ms: number }
  | { readonly type: 'mute'; readonly kinds: readonly AlarmKind[] | null }
  | { readonly type: 'unmute' | 'acknowledge' | 'pause' | 'resume' }

/** Each plays thousands of seconds. */
const fewRuns = { numRuns: 50 }

const happenings = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        type: fc.constant('lag' as const),
        seconds: fc.constantFrom(0, 29, 30, 31, 59, 60, 61, 500),
        times: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constantFrom(20, 310)),
      }),
    },
    fc.record({ type: fc.constant('gap' as const), ms: fc.integer({ min: 1, max: 1_200_000 }) }),
    fc.record({
      type: fc.constant('mute' as const),
      kinds: fc.constantFrom<readonly AlarmKind[] | null>(null, ['LAG_SECONDS'], ['LAG_BYTES']),
    }),
    fc.record({
      type: fc.constantFrom('unmute' as const, 'acknowledge' as const, 'pause' as const, 'resume' as const),
    }),
  ),
  { maxLength: 30 },
)

function play(
  given: readonly Happening[],
  check: (simulation: Simulation, lags: readonly number[]) => void,
): Simulation {
  const simulation = new Simulation()
  /** The lags in a row, newest first. */
  let lags: number[] = []
  for (const happening of given) {
    if (happening.type === 'lag') {
      for (let n = 0; n < happening.times; n += 1) {
        lags = [happening.seconds, ...lags]
        simulation.lag(happening.seconds)
        check(simulation, lags)
      }
      continue
    }
    if (happening.type === 'gap') {
      simulation.wait(happening.ms)
      if (happening.ms + 1_000 > 10_000) lags = []
    } else if (happening.type === 'mute') simulation.mutes = [{ kinds: happening.kinds }]
    else if (happening.type === 'unmute') simulation.mutes = []
    else if (happening.type === 'acknowledge') simulation.acknowledge()
    else {
      const following = happening.type === 'resume'
      simulation.facts = { ...simulation.facts, status: following ? 'RUNNING' : 'PAUSED', following }
    }
    simulation.settle()
    check(simulation, lags)
  }
  return simulation
}

test('of one kind never two are open', () => {
  fc.assert(
    fc.property(happenings, (given) => {
      let most = 0
      play(given, ({ open }) => {
        most = Math.max(most, open.length - new Set(open.map(({ kind }) => kind)).size)
      })
      expect(most).toBe(0)
    }),
    fewRuns,
  )
})

test('an alarm is raised by three samples in a row at its mark, and by nothing else', () => {
  fc.assert(
    fc.property(happenings, (given) => {
      const wrong: unknown[] = []
      let raisedBefore = 0
      play(given, ({ episodes, facts }, lags) => {
        const raised = episodes.reduce((sum, { reopenings }) => sum + 1 + reopenings, 0)
        const mayBeRaised = facts.following && lags.length >= 3 && Math.min(...lags.slice(0, 3)) >= 60
        if (raised > raisedBefore && !mayBeRaised) wrong.push({ episodes, lags: lags.slice(0, 3) })
        raisedBefore = raised
      })
      expect(wrong).toEqual([])
    }),
    fewRuns,
  )
})

test('what was announced last is so, wherever nothing is muted', () => {
  fc.assert(
    fc.property(happenings, (given) => {
      const wrong: unknown[] = []
      play(given, ({ mutes, episodes }) => {
        if (mutes.length > 0) return
        const told = episodes.filter(({ state }) => state !== 'ACKNOWLEDGED')
        wrong.push(...told.filter((episode) => isOpen(episode) !== (episode.announced === 'FIRING')))
      })
      expect(wrong).toEqual([])
    }),
    fewRuns,
  )
})

test('a lag that swings for half an hour is announced twice, however it swings', () => {
  const swings = fc.array(
    fc.record({ high: fc.integer({ min: 1, max: 20 }), low: fc.integer({ min: 1, max: 20 }) }),
    { minLength: 1, maxLength: 20 },
  )
  fc.assert(
    fc.property(swings, (pattern) => {
      const simulation = new Simulation()
      const endMs = simulation.nowMs + 1_800_000
      while (simulation.nowMs < endMs) {
        for (const { high, low } of pattern) {
          for (let n = 0; n < high; n += 1) simulation.lag(500)
          for (let n = 0; n < low; n += 1) simulation.lag(0)
        }
      }
      const told = simulation.announced.filter((type) => type !== 'ALARM_ESCALATED')
      expect(told.length).toBeLessThanOrEqual(3)
      expect(simulation.episodes.length).toBeLessThanOrEqual(1)
    }),
    { numRuns: 20 },
  )
})

test('over any time, no more is announced than an end and a return for each while that an alarm may come back in', () => {
  fc.assert(
    fc.property(happenings, (given) => {
      // A pause ends an alarm at once, and a mute changes what is told: both are done by people.
      const byItself = given.filter(({ type }) => type === 'lag' || type === 'gap')
      const simulation = new Simulation()
      const startMs = simulation.nowMs
      const { events } = play(byItself, () => undefined)
      const told = events.filter(({ type }) => type !== 'ALARM_ESCALATED')
      const lastedMs = (told.at(-1)?.atMs ?? startMs) - startMs
      expect(told.length).toBeLessThanOrEqual(4 + 2 * Math.ceil(lastedMs / comebackMs))
    }),
  )
})
