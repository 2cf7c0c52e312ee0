import { expect, test } from 'vitest'
import { runBeside } from '../../../engine/runner/run-beside.ts'

const never = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    const abort = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })

test('the companion is stopped when the work ends', async () => {
  let stopped = false
  const companion = async (signal: AbortSignal) => {
    await never(signal).catch(() => undefined)
    stopped = true
  }
  await expect(runBeside(companion, async () => 7, new AbortController().signal)).resolves.toBe(7)
  expect(stopped).toBe(true)
})

test('when the companion fails, the work is stopped and the error is the companion’s', async () => {
  const companion = async () => {
    throw new Error('lag cannot be measured')
  }
  await expect(runBeside(companion, never, new AbortController().signal)).rejects.toThrow(
    'lag cannot be measured',
  )
})

test('an error of the work stays when the companion only stops because of it', async () => {
  const work = async () => {
    throw new Error('target diverged')
  }
  await expect(runBeside(never, work, new AbortController().signal)).rejects.toThrow('target diverged')
})

test('aborting from outside stops both', async () => {
  const stop = new AbortController()
  const running = runBeside(never, never, stop.signal)
  stop.abort(new Error('shutdown'))
  await expect(running).rejects.toThrow('shutdown')
})
