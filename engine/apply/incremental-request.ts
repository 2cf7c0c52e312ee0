import type { Guard } from '../bookkeeping/index.ts'
import type { ConnectionSettings } from '../endpoint/index.ts'
import type { ExpectedSystem, Lsn } from '../replication/index.ts'
import type { RenameRule } from '../selection/index.ts'
import type { BatchLimits } from './gatherer.ts'
import type { IncrementalProgress } from './incremental-progress.ts'
import type { Waypoints } from './waypoints.ts'

export interface IncrementalRequest extends ExpectedSystem {
  readonly source: ConnectionSettings
  readonly target: ConnectionSettings
  readonly guard: Guard
  /** What the target calls otherwise than the source. */
  readonly renames: readonly RenameRule[]
  readonly slotName: string
  readonly publicationName: string
  /** Where the slot's snapshot was taken. */
  readonly startLsn: Lsn
  /** Return when the target has everything that was committed before. */
  readonly stopAt?: Lsn
  /** Who waits for the target to reach a position, without an end of the applying. */
  readonly waypoints?: Waypoints
  /** Whether the target lets Godwit pass by triggers and foreign keys; else there must be none. */
  readonly replicaRole: boolean
  /** Called twice a second, and in the end. */
  readonly onProgress: (progress: IncrementalProgress) => void
  readonly limits?: BatchLimits
  /** See `ChangeStreamRequest`. */
  readonly assertOwner?: () => Promise<void>
}
