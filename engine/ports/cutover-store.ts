import type { CommandContext } from './actors.ts'
import type {
  CutoverMeasurement,
  CutoverOptions,
  CutoverPlan,
  OtherMigration,
  SampledLag,
} from './cutover.ts'
import type { Migration } from './migrations.ts'
import type { StreamState } from './runs.ts'

/** What has to be known to measure. */
export interface CutoverSubject {
  readonly migration: Migration
  readonly stream: StreamState
  /** Null before the first. */
  readonly sampledLag: SampledLag | null
  /** That read from the same source now, or are about to. */
  readonly others: readonly OtherMigration[]
}

export interface PlanRequest {
  readonly migrationId: string
  readonly options: CutoverOptions
  readonly expiresInMs: number
  readonly measured: CutoverMeasurement
  /** Of the migration that was measured. */
  readonly measuredVersion: number
}

export interface DecideRequest {
  readonly migrationId: string
  readonly planDigest: string
}

export interface RejectRequest extends DecideRequest {
  readonly reason: string
  /** The caller is an admin, who need not be named by a rule. */
  readonly asAdmin: boolean
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
  /**
   * Counts for the caller's person, for every rule that names them.
   * @throws GodwitError NOT_FOUND, PLAN_…, APPROVAL_REFUSED saying who can approve
   */
  approve(request: DecideRequest, context: CommandContext): Promise<CutoverPlan>
  /**
   * Ends the plan.
   * @throws GodwitError NOT_FOUND, BAD_INPUT, PLAN_…, APPROVAL_REFUSED
   */
  reject(request: RejectRequest, context: CommandContext): Promise<CutoverPlan>
  /** The open plan of a migration, else the last one. By the clock and the migration as they are now. */
  find(migrationId: string): Promise<CutoverPlan | null>
  /** Writes down which open plans have expired or become void by now; returns how many. */
  settlePlans(): Promise<number>
}
