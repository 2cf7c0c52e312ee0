import { expect, test } from 'vitest'
import {
  BackendMessages,
  findErrorState,
  FrontendMessages,
} from '../../../engine/structure/pg-dump/messages.ts'

function message(type: string, body: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length + 4)
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body, 'latin1')])
}

const startup = message('', '\0\u0003\0\0user\0postgres\0\0')
const sslRequest = message('', '\u0004\u00d2\u0016\u002f')

test.each([1, 2, 7, 24_576])('messages are cut right when %i bytes come at a time', (size) => {
  const query = message('Q', `select '${'x'.repeat(30_000)}'\0`)
  const stream = Buffer.concat([sslRequest, startup, query, message('P', 'p'), message('S', '')])
  const frontend = new FrontendMessages()
  const found = []
  for (let at = 0; at < stream.length; at += size)
    found.push(...frontend.push(stream.subarray(at, at + size)))
  expect(found.map(({ type }) => type)).toEqual(['encryption request', 'start-up', 'Q', 'P', 'S'])
  expect(found[2]?.bytes.equals(query)).toBe(true)
})

test.each([1, 3, 5, 1000])('the end of an answer is found when %i bytes come at a time', (size) => {
  const backend = new BackendMessages()
  const stream = Buffer.concat([
    message('T', 'Z'.repeat(9)),
    message('Z', 'I'),
    message('1', ''),
    message('Z', 'I'),
  ])
  let ready = 0
  for (let at = 0; at < stream.length; at += size) ready += backend.countReady(stream.subarray(at, at + size))
  expect(ready).toBe(2)
})

test('the SQLSTATE of an error is found among other messages', () => {
  const error = message('E', 'SERROR\0VERROR\0C42501\0Mpermission denied\0\0')
  expect(findErrorState(Buffer.concat([message('T', 'E'), error, message('Z', 'I')]))).toBe('42501')
  expect(findErrorState(message('Z', 'I'))).toBeUndefined()
})
