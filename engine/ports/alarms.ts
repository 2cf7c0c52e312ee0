import type {
  AlarmKind,
  AlarmRule,
  AlarmRuleOverride,
  AlarmSeverity,
  AlarmState,
  Episode,
} from '../monitor/alarms/index.ts'
import type { Actor, CommandContext } from './actors.ts'
import type { Page, PageRequest } from './pages.ts'

/** One episode of an alarm of a migration. */
export interface Alarm extends Episode {
  readonly id: string
  readonly migrationId: string
}

export interface AlarmFilter {
  readonly states?: readonly AlarmState[]
  readonly kinds?: readonly AlarmKind[]
  readonly severities?: readonly AlarmSeverity[]
  /** Id or short id. */
  readonly migrationId?: string
}

export interface AlarmSettings {
  /** One of each kind, as they are in effect. */
  readonly rules: readonly AlarmRule[]
  readonly escalateAfterMs: number
}

export interface NewAlarmSettings {
  readonly migrationId: string
  /** Each replaces all that was set for its kind; one with nothing but its kind goes back to the default. */
  readonly rules: readonly AlarmRuleOverride[]
  /** Null: back to the default. */
  readonly escalateAfterMs?: number | null
}

/** What is to be hushed up. */
export interface MuteRequest {
  readonly migrationId: string
  /** Null: all that can be muted. */
  readonly kinds: readonly AlarmKind[] | null
  readonly durationMs: number
}

export interface AlarmMute {
  readonly id: string
  readonly migrationId: string
  readonly kinds: readonly AlarmKind[] | null
  readonly reason: string
  readonly by: Actor
  readonly createdAt: Date
  readonly until: Date
}

export interface MutePreview {
  /** The kinds that it would cover. */
  readonly kinds: readonly AlarmKind[]
  /** Episodes that began in the past `durationMs`, newest first: nobody would have been told of them. */
  readonly wouldHaveHidden: readonly Alarm[]
  /** Those that are open now, newest first. */
  readonly hidesNow: readonly Alarm[]
}

/** What is wrong with migrations, and what people say to it. */
export interface AlarmStore {
  /**
   * Looks at all migrations: raises alarms, ends them, and appends what people are to be told to the event log. Of
   * several callers at once, one does it and the others do nothing.
   */
  evaluate(signal: AbortSignal): Promise<void>
  find(id: string): Promise<Alarm | null>
  /** Newest first. */
  list(filter: AlarmFilter, page: PageRequest): Promise<Page<Alarm>>
  /** Somebody looks after it. Once is enough: a second time changes nothing. @throws GodwitError NOT_FOUND, ALARM_RESOLVED, BAD_INPUT */
  acknowledge(
    request: { readonly alarmId: string; readonly note?: string },
    context: CommandContext,
  ): Promise<Alarm>
  /** @throws GodwitError NOT_FOUND */
  settings(migrationId: string): Promise<AlarmSettings>
  /** @throws GodwitError NOT_FOUND, BAD_INPUT, ALARM_NOT_MUTABLE */
  saveSettings(settings: NewAlarmSettings, context: CommandContext): Promise<AlarmSettings>
  /** Those that are in effect, newest first. */
  mutes(migrationId: string): Promise<readonly AlarmMute[]>
  /** @throws GodwitError NOT_FOUND, BAD_INPUT, ALARM_NOT_MUTABLE */
  mute(request: MuteRequest & { readonly reason: string }, context: CommandContext): Promise<AlarmMute>
  /** Ends all mutes of the migration. @throws GodwitError NOT_FOUND */
  unmute(migrationId: string, context: CommandContext): Promise<void>
  /** What `mute` would do, by what was. @throws GodwitError NOT_FOUND, BAD_INPUT, ALARM_NOT_MUTABLE */
  previewMute(request: MuteRequest): Promise<MutePreview>
}
