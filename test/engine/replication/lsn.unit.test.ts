import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatLsn, lsnFromBigInt, parseLsn } from '../../../engine/replication/lsn.ts'

test('every position prints and reads back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
      expect(parseLsn(formatLsn(lsnFromBigInt(value)))).toBe(value)
    }),
  )
})

test('positions print as PostgreSQL prints them', () => {
  expect(formatLsn(lsnFromBigInt(0x16_b374d848n))).toBe('16/B374D848')
  expect(formatLsn(lsnFromBigInt(0n))).toBe('0/0')
})

test.each(['', '16', '16/', '/1', '16/G', '1/123456789', '-1/0', ' 0/0'])('%j is no position', (text) => {
  expect(() => parseLsn(text)).toThrow(RangeError)
})
