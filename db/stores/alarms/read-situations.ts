import { and, asc, eq, gt, inArray, ne, or, sql } from 'drizzle-orm'
import {
  comebackMs,
  defaultEscalateAfterMs,
  mutedKinds,
  type Alarm,
  type AlarmRuleOverride,
  type AlarmSituation,
} from '../../../engine/index.ts'
import type { Database } from '../../control-database.ts'
import { alarmMutes, alarmRules, alarms, alarmSettings } from '../../schema/index.ts'
import { readAlarmFacts } from './read-facts.ts'
import { toAlarm } from './rows.ts'

/**
 * All that alarms are decided by, of one migration or of all that are to be looked at, in as many statements either
 * way.
 */
export async function readAlarmSituations(
  database: Database,
  migrationId: string | null,
): Promise<ReadonlyMap<string, AlarmSituation<Alarm>>> {
  const facts = await readAlarmFacts(database, migrationId)
  const ids = [...facts.keys()]
  if (ids.length === 0) return new Map()
  const episodes = await readEpisodes(database, ids)
  const overrides = await readOverrides(database, ids)
  const settings = await database.select().from(alarmSettings).where(inArray(alarmSettings.migrationId, ids))
  const mutes = await database
    .select({ migrationId: alarmMutes.migrationId, kinds: alarmMutes.kinds })
    .from(alarmMutes)
    .where(and(inArray(alarmMutes.migrationId, ids), gt(alarmMutes.until, sql`clock_timestamp()`)))
  const [episodesOf, overridesOf, mutesOf] = [
    byMigration(episodes),
    byMigration(overrides),
    byMigration(mutes),
  ]
  const escalateAfter = new Map(settings.map((row) => [row.migrationId, row.escalateAfterMs]))
  return new Map(
    [...facts].map(([id, known]) => [
      id,
      {
        facts: known,
        episodes: episodesOf.get(id) ?? [],
        overrides: overridesOf.get(id) ?? [],
        escalateAfterMs: escalateAfter.get(id) ?? defaultEscalateAfterMs,
        muted: mutedKinds(mutesOf.get(id) ?? []),
      },
    ]),
  )
}

function byMigration<T extends { readonly migrationId: string }>(rows: readonly T[]): Map<string, T[]> {
  return Map.groupBy(rows, ({ migrationId }) => migrationId)
}

/** Those that are open, may come back, or whose end nobody was told of. */
async function readEpisodes(database: Database, ids: readonly string[]): Promise<readonly Alarm[]> {
  const rows = await database
    .select()
    .from(alarms)
    .where(
      and(
        inArray(alarms.migrationId, [...ids]),
        or(
          ne(alarms.state, 'RESOLVED'),
          eq(alarms.announced, 'FIRING'),
          gt(alarms.resolvedAt, sql`clock_timestamp() - ${comebackMs} * interval '1 millisecond'`),
        ),
      ),
    )
    .orderBy(asc(alarms.openedAt), asc(alarms.id))
  return rows.map(toAlarm)
}

export async function readOverrides(
  database: Database,
  ids: readonly string[],
): Promise<readonly (AlarmRuleOverride & { readonly migrationId: string })[]> {
  const rows = await database
    .select()
    .from(alarmRules)
    .where(inArray(alarmRules.migrationId, [...ids]))
  return rows.map(({ migrationId, kind, enabled, raise, clear, samples, clearSamples }) => ({
    migrationId,
    kind,
    ...(enabled !== null && { enabled }),
    ...(raise !== null && { raise }),
    ...(clear !== null && { clear }),
    ...(samples !== null && { samples }),
    ...(clearSamples !== null && { clearSamples }),
  }))
}
