import { pino } from 'pino'
import { expect, test } from 'vitest'
import { runTicks, type Tick } from '../../../engine/ticks/index.ts'
import { waitFor } from '../../support/wait-for.ts'

const everySecond = '* * * * * *'

/** Runs ticks, with what they log. */
function startTicks(ticks: readonly Tick[]) {
  const lines: string[] = []
  const stop = new AbortController()
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  const ended = runTicks(ticks, log, stop.signal)
  return {
    logged: () => lines.join(''),
    stop: async () => {
      stop.abort()
      await ended
    },
  }
}

test('a tick that fails is logged and runs again', async () => {
  let runs = 0
  const failing: Tick = {
    name: 'failing',
    pattern: everySecond,
    run: async () => {
      runs += 1
      throw new Error('out of order')
    },
  }
  const ticks = startTicks([failing])
  await waitFor(() => Promise.resolve(runs >= 2))
  await ticks.stop()
  expect(ticks.logged()).toContain('out of order')
  expect(ticks.logged()).toContain('"tick":"failing"')
})

test('a tick that takes long is not started a second time, and stopping waits for it', async () => {
  let others = 0
  let open = 0
  let mostOpen = 0
  const slow: Tick = {
    name: 'slow',
    pattern: everySecond,
    run: async (signal) => {
      open += 1
      mostOpen = Math.max(mostOpen, open)
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      open -= 1
    },
  }
  const other: Tick = {
    name: 'other',
    pattern: everySecond,
    run: async () => {
      others += 1
    },
  }
  const ticks = startTicks([slow, other])
  await waitFor(() => Promise.resolve(others >= 3))
  expect(open).toBe(1)
  await ticks.stop()
  expect(mostOpen).toBe(1)
  expect(open).toBe(0)
})

test('nothing runs after the end', async () => {
  let runs = 0
  let others = 0
  const count = (add: () => void): Tick => ({ name: 'count', pattern: everySecond, run: async () => add() })
  const first = startTicks([count(() => (runs += 1))])
  await waitFor(() => Promise.resolve(runs >= 1))
  await first.stop()
  const before = runs
  const second = startTicks([count(() => (others += 1))])
  await waitFor(() => Promise.resolve(others >= 2))
  await second.stop()
  expect(runs).toBe(before)
})
