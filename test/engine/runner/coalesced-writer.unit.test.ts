import { expect, test } from 'vitest'
import { CoalescedWriter } from '../../../engine/runner/coalesced-writer.ts'

test('of several values with one key only the last is written', async () => {
  const written: (readonly number[])[] = []
  const writer = new CoalescedWriter<number>(async (values) => void written.push(values), 60_000)
  writer.put('a', 1)
  writer.put('a', 2)
  writer.put('b', 3)
  await writer.flush()
  await writer.flush()
  expect(written).toEqual([[2, 3]])
})

test('a failed write ends the run with its error', async () => {
  const writer = new CoalescedWriter<number>(async () => {
    throw new Error('no more')
  }, 1)
  writer.put('a', 1)
  await expect(writer.run(new AbortController().signal)).rejects.toThrow('no more')
})

test('the run ends when its signal aborts', async () => {
  const stop = new AbortController()
  const running = new CoalescedWriter<number>(async () => undefined, 60_000).run(stop.signal)
  stop.abort()
  await expect(running).resolves.toBeUndefined()
})
