export {
  describeCutoverWindow,
  readCutoverWindow,
  weekdays,
  type CutoverWindow,
  type OnceWindow,
  type Weekday,
  type WeeklyWindow,
} from './cutover-window.ts'
export { localTimeResolutions, type LocalTimeResolution } from './local-time.ts'
export { isMissed, missedPolicies, type MissedPolicy } from './missed-start.ts'
export { describeStart, resolveStart, type ResolvedStart, type StartTime } from './start-time.ts'
export { windowAt, type WindowState } from './window-state.ts'
