import type pg from 'pg'
import { connect, type ConnectionSettings, toSessionError } from '../endpoint/index.ts'
import { GodwitError } from '../errors.ts'
import { parseLsn, type Lsn } from './lsn.ts'

/** Which server this is, and where its log stands. */
export interface SystemIdentity {
  /** The same for a server and its copies by base backup, and for nothing else. */
  readonly systemIdentifier: string
  /** Grows with every promotion of a standby and every recovery to a point in time. */
  readonly timeline: number
  readonly walPosition: Lsn
}

/** What the source was when the migration began; null: not known, and not checked. */
export interface ExpectedSystem {
  readonly systemIdentifier: string | null
  readonly timeline: number | null
}

/**
 * Asks a server who it is.
 * @throws GodwitError ENDPOINT_…, CONNECTION_LOST
 */
export async function identifySystem(
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<SystemIdentity> {
  await using walsender = await connect(settings, { purpose: 'identify', replication: true }, signal)
  try {
    return await identify(walsender)
  } catch (error) {
    signal.throwIfAborted()
    throw toSessionError(error, 'Identifying the server')
  }
}

/**
 * The same on a walsender that is open.
 * @see https://www.postgresql.org/docs/current/protocol-replication.html#PROTOCOL-REPLICATION-IDENTIFY-SYSTEM
 */
export async function identify(walsender: pg.Client): Promise<SystemIdentity> {
  const { rows } = await walsender.query<{ systemid: string; timeline: number | string; xlogpos: string }>(
    'IDENTIFY_SYSTEM',
  )
  const row = rows[0]
  if (row === undefined) throw new GodwitError('PROTOCOL_VIOLATION', 'IDENTIFY_SYSTEM returned no row.')
  return {
    systemIdentifier: row.systemid,
    timeline: Number(row.timeline),
    walPosition: parseLsn(row.xlogpos),
  }
}

/**
 * Positions in the log mean nothing on another server or timeline.
 * @throws GodwitError SOURCE_REPLACED
 */
export function assertSameSystem(found: SystemIdentity, expected: ExpectedSystem): void {
  if (expected.systemIdentifier !== null && expected.systemIdentifier !== found.systemIdentifier) {
    throw new GodwitError(
      'SOURCE_REPLACED',
      `The source is another server now: its system identifier is ${found.systemIdentifier}, and was ` +
        `${expected.systemIdentifier} when the migration began.`,
    )
  }
  if (expected.timeline !== null && expected.timeline !== found.timeline) {
    throw new GodwitError(
      'SOURCE_REPLACED',
      `The source is on timeline ${found.timeline} now, and was on ${expected.timeline} when the migration began: ` +
        'a standby took over, or the source was restored.',
    )
  }
}
