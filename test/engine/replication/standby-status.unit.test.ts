import { expect, test } from 'vitest'
import { lsnFromBigInt } from '../../../engine/replication/lsn.ts'
import { encodeStandbyStatus } from '../../../engine/replication/standby-status.ts'

test('a status update has its positions as they are, and the clock of PostgreSQL', () => {
  const frame = encodeStandbyStatus({
    written: lsnFromBigInt(0x1_0000_00ffn),
    flushed: lsnFromBigInt(0xffff_ffffn),
    requestReply: true,
  })
  expect(frame.length).toBe(39)
  expect(frame.toString('latin1', 0, 1)).toBe('d')
  expect(frame.readInt32BE(1)).toBe(38)
  expect(frame.toString('latin1', 5, 6)).toBe('r')
  expect(frame.readBigUInt64BE(6)).toBe(0x1_0000_00ffn)
  expect(frame.readBigUInt64BE(14)).toBe(0xffff_ffffn)
  expect(frame.readBigUInt64BE(22)).toBe(0xffff_ffffn)
  expect(Number(frame.readBigInt64BE(30) / 1000n) + Date.UTC(2000, 0)).toBeCloseTo(Date.now(), -4)
  expect(frame.readUInt8(38)).toBe(1)
})
