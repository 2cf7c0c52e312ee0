import { and, desc, eq, gt, gte, inArray, ne, or, sql, type SQL } from 'drizzle-orm'
import { v7 } from 'uuid'
import {
  alarmCatalog,
  GodwitError,
  mutedKinds,
  type Alarm,
  type AlarmKind,
  type AlarmMute,
  type CommandContext,
  type MutePreview,
  type MuteRequest,
} from '../../../engine/index.ts'
import type { Database } from '../../control-database.ts'
import { alarmMutes, alarms } from '../../schema/index.ts'
import { toActorRow } from '../actor.ts'
import { appendAudit } from '../append-audit.ts'
import { appendEvent } from '../append-event.ts'
import { after } from '../lease-store.ts'
import { isMigration, lockMigration, requireMigrationId } from '../migration-rows.ts'
import { badInput, requireText } from '../validate.ts'
import type { AlarmNeeds } from './acknowledge-alarm.ts'
import { toAlarm, toMute } from './rows.ts'

const minuteMs = 60_000
const longestMuteMs = 7 * 24 * 60 * minuteMs

const isInEffect = gt(alarmMutes.until, sql`clock_timestamp()`)

/** @throws GodwitError NOT_FOUND, BAD_INPUT, ALARM_NOT_MUTABLE */
export async function muteAlarms(
  { database, recall }: AlarmNeeds,
  request: MuteRequest & { readonly reason: string },
  context: CommandContext,
): Promise<AlarmMute> {
  validateMute(request)
  requireText('reason', request.reason, 1000)
  const operation = 'alarm.mute'
  return await database.transaction(async (transaction) => {
    const { id: migrationId } = await lockMigration(transaction, request.migrationId)
    const id = v7()
    const command = { operation, input: { ...request, migrationId }, context }
    const earlier = await recall(transaction, command, id)
    if (earlier !== null) return await replay(transaction, earlier)
    const mute = await insertMute(transaction, { ...request, id, migrationId }, context)
    const covered = [...mutedKinds([mute])]
    await transaction
      .update(alarms)
      .set({ muted: true })
      .where(and(isOpenOf(migrationId), inArray(alarms.kind, covered)))
    const details = { muteId: id, kinds: covered, until: mute.until.toISOString(), reason: mute.reason }
    await appendEvent(transaction, migrationId, {
      actor: context.actor,
      event: {
        type: 'ALARMS_MUTED',
        message: `${mute.kinds === null ? 'All alarms that can be' : covered.join(', ')} muted until ${details.until}: ${mute.reason}`,
        payload: details,
      },
    })
    await appendAudit(transaction, { actor: context.actor, operation, subjectId: migrationId, details })
    return mute
  })
}

/** @throws GodwitError NOT_FOUND */
export async function unmuteAlarms(
  { database, recall }: AlarmNeeds,
  migrationId: string,
  context: CommandContext,
): Promise<void> {
  const operation = 'alarm.unmute'
  await database.transaction(async (transaction) => {
    const { id } = await lockMigration(transaction, migrationId)
    if ((await recall(transaction, { operation, input: { migrationId: id }, context }, id)) !== null) return
    const ended = await transaction
      .update(alarmMutes)
      .set({ until: sql`clock_timestamp()` })
      .where(and(eq(alarmMutes.migrationId, id), isInEffect))
      .returning({ id: alarmMutes.id })
    if (ended.length === 0) return
    // What still fires is announced at the next evaluation.
    await appendEvent(transaction, id, {
      actor: context.actor,
      event: {
        type: 'ALARMS_UNMUTED',
        message: 'Alarms are not muted any more.',
        payload: { muteIds: ended.map((mute) => mute.id) },
      },
    })
    await appendAudit(transaction, { actor: context.actor, operation, subjectId: id })
  })
}

/** @throws GodwitError NOT_FOUND, BAD_INPUT, ALARM_NOT_MUTABLE */
export async function previewMute(session: Database, request: MuteRequest): Promise<MutePreview> {
  validateMute(request)
  const migrationId = await requireMigrationId(session, request.migrationId)
  const kinds = [...mutedKinds([request])]
  const read = async (condition: SQL | undefined): Promise<readonly Alarm[]> => {
    const rows = await session
      .select()
      .from(alarms)
      .where(and(eq(alarms.migrationId, migrationId), inArray(alarms.kind, kinds), condition))
      .orderBy(desc(alarms.id))
      .limit(mostShown)
    return rows.map(toAlarm)
  }
  return {
    kinds,
    wouldHaveHidden: await read(isToldOfSince(after(-request.durationMs))),
    hidesNow: await read(ne(alarms.state, 'RESOLVED')),
  }
}

/** That something of it was said since, or would have been. */
function isToldOfSince(since: SQL): SQL | undefined {
  const { openedAt, announcedAt, escalatedAt, resolvedAt } = alarms
  return or(...[openedAt, announcedAt, escalatedAt, resolvedAt].map((at) => gte(at, since)))
}

/** Of a migration that ails for a week; the newest say enough. */
const mostShown = 100

export async function readMutes(session: Database, migrationId: string): Promise<readonly AlarmMute[]> {
  const rows = await session
    .select()
    .from(alarmMutes)
    .where(and(isMigration(alarmMutes.migrationId, migrationId), isInEffect))
    .orderBy(desc(alarmMutes.id))
  return rows.map(toMute)
}

function isOpenOf(migrationId: string) {
  return and(eq(alarms.migrationId, migrationId), ne(alarms.state, 'RESOLVED'))
}

async function insertMute(
  transaction: Database,
  {
    id,
    migrationId,
    kinds,
    durationMs,
    reason,
  }: MuteRequest & { readonly id: string; readonly reason: string },
  { actor }: CommandContext,
): Promise<AlarmMute> {
  const [row] = await transaction
    .insert(alarmMutes)
    .values({ id, migrationId, kinds, reason, ...toActorRow(actor), until: after(durationMs) })
    .returning()
  if (row === undefined) throw new TypeError(`the mute ${id} was not stored`)
  return toMute(row)
}

async function replay(transaction: Database, id: string): Promise<AlarmMute> {
  const [row] = await transaction.select().from(alarmMutes).where(eq(alarmMutes.id, id))
  if (row === undefined) throw new GodwitError('NOT_FOUND', `There is no mute ${id} any more.`)
  return toMute(row)
}

function validateMute({ kinds, durationMs }: MuteRequest): void {
  if (!(durationMs >= minuteMs && durationMs <= longestMuteMs)) {
    throw badInput('duration', 'must be from one minute to seven days')
  }
  if (kinds === null) return
  if (kinds.length === 0) throw badInput('kinds', 'must name a kind, or be absent for all that can be muted')
  const immutable = kinds.filter((kind: AlarmKind) => !alarmCatalog[kind].mutable)
  if (immutable.length === 0) return
  throw new GodwitError(
    'ALARM_NOT_MUTABLE',
    `Alarms of these kinds cannot be muted: ${immutable.join(', ')}.`,
    {
      field: 'kinds',
    },
  )
}
