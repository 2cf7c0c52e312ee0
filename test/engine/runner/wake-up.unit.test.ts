import { expect, test } from 'vitest'
import { WakeUp } from '../../../engine/runner/wake-up.ts'

const forever = 1_000_000_000
const live = new AbortController().signal

test('a ring between two waits is not lost', async () => {
  const bell = new WakeUp()
  bell.ring()
  await expect(bell.wait(forever, live)).resolves.toBeUndefined()
})

test('a ring wakes the one who waits', async () => {
  const bell = new WakeUp()
  const waiting = bell.wait(forever, live)
  bell.ring()
  await expect(waiting).resolves.toBeUndefined()
})

test('a wait ends when its signal aborts', async () => {
  const stop = new AbortController()
  const waiting = new WakeUp().wait(forever, stop.signal)
  stop.abort()
  await expect(waiting).resolves.toBeUndefined()
})
