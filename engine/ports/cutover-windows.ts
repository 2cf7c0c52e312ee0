import type { CommandContext } from './actors.ts'
import type { Migration } from './migrations.ts'
import type { CutoverWindowSetting } from './schedules.ts'

export interface CutoverWindowRequest {
  readonly migrationId: string
  readonly expectedVersion?: number
  /** Null: at any time. */
  readonly setting: CutoverWindowSetting | null
}

export interface CutoverWindowStore {
  /** @throws GodwitError NOT_FOUND, STALE_VERSION, ILLEGAL_ACTION, BAD_INPUT, IDEMPOTENCY_KEY_REUSED */
  set(request: CutoverWindowRequest, context: CommandContext): Promise<Migration>
  /**
   * In windows that are open, completes what may complete by itself; tells of windows in which that is not possible, and
   * of those that have closed without.
   */
  attend(): Promise<void>
  /** What windows are judged by. */
  readClock(): Promise<Date>
}
