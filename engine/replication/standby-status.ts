import type { Lsn } from './lsn.ts'

export interface StandbyStatus {
  /** How far the stream was received. */
  readonly written: Lsn
  /** How far it is durable on the target: what the source may forget. */
  readonly flushed: Lsn
  /** Whether the source should answer at once. */
  readonly requestReply: boolean
}

/** Between 1970-01-01 and 2000-01-01, PostgreSQL's epoch. */
const epochOffsetMs = 946_684_800_000

const sizeBytes = 34

/**
 * A standby status update, framed as CopyData.
 * @see https://www.postgresql.org/docs/current/protocol-replication.html#PROTOCOL-REPLICATION-STANDBY-STATUS-UPDATE
 */
export function encodeStandbyStatus(status: StandbyStatus): Buffer {
  const frame = Buffer.alloc(5 + sizeBytes)
  frame.write('d', 0, 'latin1')
  frame.writeInt32BE(4 + sizeBytes, 1)
  frame.write('r', 5, 'latin1')
  frame.writeBigUInt64BE(status.written, 6)
  frame.writeBigUInt64BE(status.flushed, 14)
  frame.writeBigUInt64BE(status.flushed, 22)
  frame.writeBigInt64BE(BigInt(Date.now() - epochOffsetMs) * 1000n, 30)
  frame.writeUInt8(status.requestReply ? 1 : 0, 38)
  return frame
}
