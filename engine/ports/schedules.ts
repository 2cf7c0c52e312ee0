import type { CutoverWindow, MissedPolicy, ResolvedStart, StartTime } from '../schedule/index.ts'

/** What SCHEDULE needs to know. */
export interface NewSchedule extends StartTime {
  readonly whenMissed: MissedPolicy
}

/** When a scheduled migration starts by itself. */
export interface Schedule extends ResolvedStart {
  readonly whenMissed: MissedPolicy
  /** Names of the checks whose warnings were accepted; any other warning keeps it from starting. */
  readonly acceptedWarnings: readonly string[]
}

/** When the cutover of a migration may happen. */
export interface CutoverWindowSetting {
  readonly window: CutoverWindow
  /** Godwit completes by itself when the window is open and a plan is approved. */
  readonly automatic: boolean
}
