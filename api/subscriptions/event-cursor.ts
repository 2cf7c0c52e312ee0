/**
 * A place in the event log, as clients keep it. Made from an event, it names the place both in the log of its
 * migration and in the feed of all, so it resumes either kind of subscription.
 */
export interface EventPlace {
  readonly migrationId: string | null
  readonly sequence: bigint | null
  /** Null: before the first event. */
  readonly global: string | null
}

/** The cursor before the first event. */
export const startCursor = '0'

export const startPlace: EventPlace = { migrationId: null, sequence: null, global: null }

/** Cursors are opaque to clients. */
export function encodeEventCursor({ migrationId, sequence, global }: EventPlace): string {
  if (global === null) return startCursor
  return Buffer.from(`${migrationId ?? ''}/${sequence ?? ''}/${global}`).toString('base64url')
}

/** Null when it is none of ours. */
export function decodeEventCursor(cursor: string): EventPlace | null {
  if (cursor === startCursor) return startPlace
  const match = /^([0-9a-f-]*)\/(\d{0,19})\/(.+)$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'))
  const [, migrationId, sequence, global] = match ?? []
  if (migrationId === undefined || sequence === undefined || global === undefined) return null
  return {
    migrationId: migrationId === '' ? null : migrationId,
    sequence: sequence === '' ? null : BigInt(sequence),
    global,
  }
}
