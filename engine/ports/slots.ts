import type { WalStatus } from './migrations.ts'

/** A replication slot that nobody takes changes from, for as long as it lasts. */
export interface IdleSlot {
  readonly migrationId: string
  /** The endpoint that it is on. */
  readonly sourceId: string
  readonly slotName: string
  /** Its migration goes on with it; else the next attempt of the copy replaces it, or the cancel drops it. */
  readonly needed: boolean
  /** When it was claimed. */
  readonly claimedAt: Date
}

/** What a slot holds back on its server. */
export interface SlotState {
  readonly retainedBytes: bigint
  readonly walStatus: WalStatus | null
  readonly safeWalBytes: bigint | null
}

/**
 * The slots of migrations that are paused, have failed, or wait, and of those that complete or are cancelled until the
 * slot is dropped: a source goes on writing WAL then, and no lag samples tell of it.
 */
export interface IdleSlotStore {
  /** One that nobody has measured or claimed for `intervalMs`; null when there is none. */
  claim(intervalMs: number): Promise<IdleSlot | null>
  /** Kept as of when it was claimed, so that what is measured of a run that has begun since counts for more. */
  save(slot: IdleSlot, state: SlotState): Promise<void>
}
