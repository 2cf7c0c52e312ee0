import { and, inArray } from 'drizzle-orm'
import { type AlarmFilter, type AlarmStore } from '../../../engine/index.ts'
import { alarms } from '../../schema/index.ts'
import { isMigration, requireMigrationId } from '../migration-rows.ts'
import { readPage } from '../paging.ts'
import { acknowledgeAlarm, findAlarm, type AlarmNeeds } from './acknowledge-alarm.ts'
import { evaluateAlarms } from './evaluate-alarms.ts'
import { muteAlarms, previewMute, readMutes, unmuteAlarms } from './mutes.ts'
import { toAlarm } from './rows.ts'
import { readAlarmSettings, saveAlarmSettings } from './settings.ts'

export function createAlarmStore(needs: AlarmNeeds): AlarmStore {
  const { database } = needs
  return {
    evaluate: (signal) => evaluateAlarms(database, signal),
    find: (id) => database.run((session) => findAlarm(session, id)),
    list: (filter, page) =>
      database.run((session) =>
        readPage(page, alarms.id, {
          select: ({ where, orderBy, limit }) =>
            session
              .select()
              .from(alarms)
              .where(and(matches(filter), where))
              .orderBy(orderBy)
              .limit(limit),
          toItem: toAlarm,
        }),
      ),
    acknowledge: (request, context) => acknowledgeAlarm(needs, request, context),
    settings: (id) =>
      database.run(async (session) => readAlarmSettings(session, await requireMigrationId(session, id))),
    saveSettings: (settings, context) => saveAlarmSettings(needs, settings, context),
    mutes: (id) => database.run((session) => readMutes(session, id)),
    mute: (request, context) => muteAlarms(needs, request, context),
    unmute: (id, context) => unmuteAlarms(needs, id, context),
    previewMute: (request) => database.run((session) => previewMute(session, request)),
  }
}

function matches({ states, kinds, severities, migrationId }: AlarmFilter) {
  return and(
    states && inArray(alarms.state, [...states]),
    kinds && inArray(alarms.kind, [...kinds]),
    severities && inArray(alarms.severity, [...severities]),
    migrationId === undefined ? undefined : isMigration(alarms.migrationId, migrationId),
  )
}
