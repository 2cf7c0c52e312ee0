import type { CommandContext } from './actors.ts'
import type { CutoverMeasurement, CutoverOptions, CutoverPlan, SampledLag } from './cutover.ts'
import type { Migration } from './migrations.ts'
import type { StreamState } from './runs.ts'

/** What has to be known to measure. */
export interface CutoverSubject {
  readonly migration: Migration
  readonly stream: StreamState
  /** Null before the first. */
  readonly sampledLag: SampledLag | null
}

export interface PlanRequest {
  readonly migrationId: string
  readonly options: CutoverOptions
  readonly expiresInMs: number
  readonly measured: CutoverMeasurement
  /** Of the migration that was measured. */
  readonly measuredVersion: number
}

/** Plans and what people decide on them. */
export interface CutoverStore {
  /** @throws GodwitError NOT_FOUND */
  subject(migrationId: string): Promise<CutoverSubject>
  /**
   * Keeps a plan, in place of the open one if there is any.
   * @throws GodwitError NOT_FOUND, ILLEGAL_ACTION, STALE_VERSION, BAD_INPUT
   */
  plan(request: PlanRequest, context: CommandContext): Promise<CutoverPlan>
  /** The open plan of a migration, else the last one. By the clock and the migration as they are now. */
  find(migrationId: string): Promise<CutoverPlan | null>
  /** Writes down which open plans have expired or become void by now; returns how many. */
  settlePlans(): Promise<number>
}
