import type { Page, PageRequest } from './pages.ts'

/** What JSON can say. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** One note that a bot has made for itself, such as where the message of a migration is. */
export interface BotRecord {
  /** Which bot's, or which part of it. */
  readonly namespace: string
  readonly key: string
  readonly value: JsonValue
  /**
   * Grows by one with each change. A record that is made anew begins at a random number, almost certainly another than
   * any before it.
   */
  readonly version: number
  /** Null: it stays until it is deleted. */
  readonly expiresAt: Date | null
  readonly updatedAt: Date
}

export interface BotRecordKey {
  readonly namespace: string
  readonly key: string
}

export interface PutBotRecord extends BotRecordKey {
  /** At most 64 KiB as JSON. */
  readonly value: NonNullable<JsonValue>
  /** Absent: whatever is there is replaced. 0: only if there is none. Else: only if it has this version. */
  readonly expectedVersion?: number
  /** From one second to 400 days. Absent: never, also where the record before it would have expired. */
  readonly expiresInMs?: number
}

/**
 * A small keyed store for clients that keep nothing themselves. An expired record counts as absent at once,
 * by the clock of the control database.
 *
 * There are no events and no audit entries of it: these are a client's own notes, they change nothing of Godwit, and what
 * the client does for people is noted where it does it.
 */
export interface BotRecordStore {
  /** @throws GodwitError BAD_INPUT */
  find(at: BotRecordKey): Promise<BotRecord | null>
  /** Those whose keys begin with the prefix, by the code points of their keys. @throws GodwitError BAD_INPUT */
  list(
    within: { readonly namespace: string; readonly prefix: string },
    page: PageRequest,
  ): Promise<Page<BotRecord>>
  /** @throws GodwitError BAD_INPUT, STALE_VERSION with the current version, which is 0 when there is none */
  put(record: PutBotRecord): Promise<BotRecord>
  /**
   * Resolves with whether there was one.
   * @throws GodwitError BAD_INPUT, STALE_VERSION with the current version, which is 0 when there is none
   */
  delete(at: BotRecordKey & { readonly expectedVersion?: number }): Promise<boolean>
  /** Deletes those that have expired, not all at once if they are many. */
  prune(): Promise<void>
}
