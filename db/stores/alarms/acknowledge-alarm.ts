import { eq, sql } from 'drizzle-orm'
import { validate } from 'uuid'
import { alarmEvent, GodwitError, isOpen, type Alarm, type CommandContext } from '../../../engine/index.ts'
import type { ControlDatabase, Database } from '../../control-database.ts'
import { alarms } from '../../schema/index.ts'
import { appendAudit } from '../append-audit.ts'
import { appendEvent } from '../append-event.ts'
import type { Recall } from '../idempotency.ts'
import { lockMigration } from '../migration-rows.ts'
import { requireText } from '../validate.ts'
import { toAlarm } from './rows.ts'

export interface AlarmNeeds {
  readonly database: ControlDatabase
  readonly recall: Recall
}

const operation = 'alarm.acknowledge'

/** @throws GodwitError NOT_FOUND, ALARM_RESOLVED, BAD_INPUT */
export async function acknowledgeAlarm(
  { database, recall }: AlarmNeeds,
  request: { readonly alarmId: string; readonly note?: string },
  context: CommandContext,
): Promise<Alarm> {
  const { alarmId, note } = request
  if (note !== undefined) requireText('note', note, 1000)
  return await database.transaction(async (transaction) => {
    const { migrationId } = await requireAlarm(transaction, alarmId)
    await lockMigration(transaction, migrationId)
    const alarm = await requireAlarm(transaction, alarmId)
    if ((await recall(transaction, { operation, input: request, context }, alarm.id)) !== null) return alarm
    if (alarm.state === 'ACKNOWLEDGED') return alarm
    if (!isOpen(alarm)) throw new GodwitError('ALARM_RESOLVED', `The alarm ${alarm.kind} has ended already.`)
    const acknowledged = await markAcknowledged(transaction, alarm, { context, note: note ?? null })
    const said = { note: note ?? null, acknowledgedBy: context.actor.onBehalfOf ?? context.actor.name }
    await appendEvent(transaction, migrationId, {
      actor: context.actor,
      event: alarmEvent('ACKNOWLEDGED', acknowledged, said),
    })
    await appendAudit(transaction, {
      actor: context.actor,
      operation,
      subjectId: migrationId,
      details: { alarmId: alarm.id, kind: alarm.kind, note: note ?? null },
    })
    return acknowledged
  })
}

async function requireAlarm(session: Database, id: string): Promise<Alarm> {
  const alarm = await findAlarm(session, id)
  if (alarm === null) throw new GodwitError('NOT_FOUND', `There is no alarm ${id}.`)
  return alarm
}

export async function findAlarm(session: Database, id: string): Promise<Alarm | null> {
  if (!validate(id)) return null
  const [row] = await session.select().from(alarms).where(eq(alarms.id, id))
  return row === undefined ? null : toAlarm(row)
}

async function markAcknowledged(
  transaction: Database,
  { id }: Alarm,
  { context, note }: { readonly context: CommandContext; readonly note: string | null },
): Promise<Alarm> {
  const [row] = await transaction
    .update(alarms)
    .set({
      state: 'ACKNOWLEDGED',
      acknowledgedAt: sql`clock_timestamp()`,
      acknowledgedBy: context.actor,
      acknowledgedNote: note,
    })
    .where(eq(alarms.id, id))
    .returning()
  if (row === undefined) throw new TypeError(`the alarm ${id} of a locked migration is gone`)
  return toAlarm(row)
}
