import { alarmCatalog, type Alarm, type AlarmMute, type Episode } from '../../../engine/index.ts'
import type { alarmMutes, alarms } from '../../schema/index.ts'
import { toActor } from '../actor.ts'

type AlarmRow = typeof alarms.$inferSelect

export function toAlarm(row: AlarmRow): Alarm {
  const { severity: _severity, acknowledgedAt, acknowledgedBy, acknowledgedNote, ...rest } = row
  const acknowledgement =
    acknowledgedAt === null || acknowledgedBy === null
      ? null
      : { at: acknowledgedAt, by: acknowledgedBy, note: acknowledgedNote }
  return { ...rest, acknowledgement }
}

/** What of an episode is stored; with its severity, to search by. */
export function toAlarmColumns(episode: Episode) {
  const { acknowledgement } = episode
  return {
    kind: episode.kind,
    severity: alarmCatalog[episode.kind].severity,
    state: episode.state,
    message: episode.message,
    value: episode.value,
    peak: episode.peak,
    threshold: episode.threshold,
    reopenings: episode.reopenings,
    muted: episode.muted,
    openedAt: episode.openedAt,
    clearSince: episode.clearSince,
    acknowledgedAt: acknowledgement?.at ?? null,
    acknowledgedBy: acknowledgement?.by ?? null,
    acknowledgedNote: acknowledgement?.note ?? null,
    escalatedAt: episode.escalatedAt,
    resolvedAt: episode.resolvedAt,
    resolution: episode.resolution,
    announced: episode.announced,
    announcedAt: episode.announcedAt,
  }
}

export function toMute(row: typeof alarmMutes.$inferSelect): AlarmMute {
  const { id, migrationId, kinds, reason, createdAt, until } = row
  return { id, migrationId, kinds, reason, by: toActor(row), createdAt, until }
}
