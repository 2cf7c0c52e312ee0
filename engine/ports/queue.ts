import type { QueueLimits, WaitsFor } from '../queue/index.ts'
import type { CommandContext } from './actors.ts'
import type { Migration } from './migrations.ts'

/** Until somebody sets something else. */
export const defaultQueueLimits: QueueLimits = { perTarget: 1, overall: 4 }

/** A migration that waits for its turn. */
export interface QueueEntry {
  readonly migrationId: string
  /** 1, 2, 3 … among those that wait. */
  readonly position: number
  /** A text that sorts as the queue does, and stays while others come and go. */
  readonly order: string
  readonly priority: number
  readonly queuedAt: Date
  readonly waitsFor: WaitsFor
  /** The same in words. */
  readonly reason: string
}

export interface PriorityRequest {
  readonly migrationId: string
  /** From -100 to 100, higher first. */
  readonly priority: number
  readonly expectedVersion?: number
}

/** Started migrations on their way to a worker. `LeaseStore.claim` follows the same order and limits. */
export interface QueueStore {
  limits(): Promise<QueueLimits>
  /** Takes effect at once for those that wait; nobody who has begun is stopped. @throws GodwitError BAD_INPUT */
  setLimits(change: Partial<QueueLimits>, context: CommandContext): Promise<QueueLimits>
  /** Those that wait, in their order. */
  entries(): Promise<readonly QueueEntry[]>
  /** @throws GodwitError NOT_FOUND, BAD_INPUT, STALE_VERSION, ILLEGAL_ACTION when it has ended */
  setPriority(request: PriorityRequest, context: CommandContext): Promise<Migration>
}
