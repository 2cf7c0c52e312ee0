import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MessageQueue } from '../../../engine/replication/message-queue.ts'

function drain(queue: MessageQueue): Buffer[] {
  const messages: Buffer[] = []
  for (let chunk = queue.take(); chunk !== undefined; chunk = queue.take()) {
    let start = chunk.start
    for (const end of chunk.ends) {
      messages.push(chunk.bytes.subarray(start, end))
      start = end
    }
  }
  return messages
}

test('messages come out as they went in, in order, whenever they are taken', () => {
  const step = fc.oneof(
    { weight: 9, arbitrary: fc.oneof(fc.nat(100), fc.nat(100_000), fc.nat(600_000)) },
    { weight: 1, arbitrary: fc.constant('take' as const) },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const queue = new MessageQueue()
      const sent: Buffer[] = []
      const taken: Buffer[] = []
      for (const [index, next] of steps.entries()) {
        if (next === 'take') taken.push(...drain(queue))
        else {
          const message = Buffer.alloc(next, index + 1)
          sent.push(Buffer.from(message))
          queue.append(message)
          // The connection reuses its buffer.
          message.fill(0)
        }
      }
      taken.push(...drain(queue))
      expect(taken.length).toBe(sent.length)
      expect(taken.every((message, index) => message.equals(sent[index]!))).toBe(true)
      expect(queue.sizeBytes).toBe(0)
    }),
  )
})

test('the size is that of the messages that wait', () => {
  const queue = new MessageQueue()
  queue.append(Buffer.alloc(10))
  queue.append(Buffer.alloc(500_000))
  expect(queue.sizeBytes).toBe(500_010)
  queue.take()
  expect(queue.sizeBytes).toBe(500_000)
  queue.take()
  expect(queue.sizeBytes).toBe(0)
})
