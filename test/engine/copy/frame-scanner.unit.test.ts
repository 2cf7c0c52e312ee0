import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameScanner } from '../../../engine/copy/frame-scanner.ts'

function frame(type: string, body: Buffer): Buffer {
  const header = Buffer.alloc(5)
  header.write(type)
  header.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([header, body])
}

interface Message {
  readonly type: string
  readonly body: Buffer
}

/** Scans what a server sends, as it comes in chunks. */
function scan(stream: Buffer, cuts: readonly number[]) {
  const scanner = new FrameScanner()
  const rows: Buffer[] = []
  const others: Buffer[] = []
  const sink = {
    onCopyData: (bytes: Buffer) => void rows.push(Buffer.from(bytes)),
    onOther: (bytes: Buffer) => void others.push(Buffer.from(bytes)),
  }
  const places = [0, ...cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length]
  for (const [index, end] of places.slice(1).entries())
    scanner.scan(stream.subarray(places[index], end), sink)
  return { scanner, rows: Buffer.concat(rows), others: Buffer.concat(others) }
}

const messages = fc.array(
  fc.record({
    type: fc.constantFrom('d', 'd', 'd', 'c', 'C', 'N', 'Z'),
    body: fc.uint8Array({ maxLength: 12 }).map((bytes): Buffer => Buffer.from(bytes)),
  }),
)

const frames = (all: readonly Message[]) => Buffer.concat(all.map(({ type, body }) => frame(type, body)))

test('tells rows from other messages wherever the chunks are cut', () => {
  fc.assert(
    fc.property(messages, fc.array(fc.nat()), (all, cuts) => {
      const found = scan(frames(all), cuts)
      expect(found.rows).toEqual(frames(all.filter(({ type }) => type === 'd')))
      expect(found.others).toEqual(frames(all.filter(({ type }) => type !== 'd')))
    }),
  )
})

test('counts rows and their bytes without headers', () => {
  const { scanner } = scan(
    frames([
      { type: 'd', body: Buffer.from('1\n') },
      { type: 'd', body: Buffer.from('22\n') },
    ]),
    [3, 9],
  )
  expect([scanner.frames, scanner.payloadBytes]).toEqual([2, 5])
})

test('gives back the start of a header that it held', () => {
  const scanner = new FrameScanner()
  scanner.scan(Buffer.from('Z\0\0'), { onCopyData: () => {}, onOther: () => {} })
  expect(scanner.takeRest()).toEqual(Buffer.from('Z\0\0'))
  expect(scanner.takeRest()).toBeNull()
})
