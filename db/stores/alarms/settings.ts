import { eq, sql } from 'drizzle-orm'
import {
  alarmKinds,
  defaultEscalateAfterMs,
  ruleOf,
  validateOverride,
  type AlarmRuleOverride,
  type AlarmSettings,
  type CommandContext,
  type NewAlarmSettings,
} from '../../../engine/index.ts'
import type { Database } from '../../control-database.ts'
import { alarmRules, alarmSettings } from '../../schema/index.ts'
import { appendAudit } from '../append-audit.ts'
import { appendEvent } from '../append-event.ts'
import { lockMigration } from '../migration-rows.ts'
import { badInput } from '../validate.ts'
import type { AlarmNeeds } from './acknowledge-alarm.ts'
import { readOverrides } from './read-situations.ts'

const operation = 'alarm.setRules'

const minuteMs = 60_000
const longestEscalationMs = 7 * 24 * 60 * minuteMs

export async function readAlarmSettings(session: Database, migrationId: string): Promise<AlarmSettings> {
  const overrides = await readOverrides(session, [migrationId])
  const [settings] = await session
    .select()
    .from(alarmSettings)
    .where(eq(alarmSettings.migrationId, migrationId))
  return {
    rules: alarmKinds.map((kind) =>
      ruleOf(
        kind,
        overrides.find((override) => override.kind === kind),
      ),
    ),
    escalateAfterMs: settings?.escalateAfterMs ?? defaultEscalateAfterMs,
  }
}

/** @throws GodwitError NOT_FOUND, BAD_INPUT, ALARM_NOT_MUTABLE */
export async function saveAlarmSettings(
  { database, recall }: AlarmNeeds,
  given: NewAlarmSettings,
  context: CommandContext,
): Promise<AlarmSettings> {
  validateSettings(given)
  const { rules, escalateAfterMs } = given
  return await database.transaction(async (transaction) => {
    const { id } = await lockMigration(transaction, given.migrationId)
    const command = { operation, input: { ...given, migrationId: id }, context }
    if ((await recall(transaction, command, id)) !== null) return await readAlarmSettings(transaction, id)
    for (const rule of rules) await saveOverride(transaction, id, rule)
    if (escalateAfterMs !== undefined) await saveEscalation(transaction, id, escalateAfterMs)
    const kinds = rules.map(({ kind }) => kind)
    const details = { kinds, ...(escalateAfterMs !== undefined && { escalateAfterMs }) }
    await appendEvent(transaction, id, {
      actor: context.actor,
      event: { type: 'NOTE', message: `The alarm rules were changed: ${describe(given)}.`, payload: details },
    })
    await appendAudit(transaction, { actor: context.actor, operation, subjectId: id, details })
    return await readAlarmSettings(transaction, id)
  })
}

function validateSettings({ rules, escalateAfterMs }: NewAlarmSettings): void {
  if (rules.length === 0 && escalateAfterMs === undefined) {
    throw badInput('rules', 'must not be empty when escalateAfter is not given either')
  }
  const seen = new Set<string>()
  for (const [index, rule] of rules.entries()) {
    if (seen.has(rule.kind)) throw badInput(`rules[${index}].kind`, `is ${rule.kind} a second time`)
    seen.add(rule.kind)
    validateOverride(rule, `rules[${index}]`)
  }
  if (escalateAfterMs == null) return
  if (escalateAfterMs >= minuteMs && escalateAfterMs <= longestEscalationMs) return
  throw badInput('escalateAfter', 'must be from one minute to seven days')
}

function describe({ rules, escalateAfterMs }: NewAlarmSettings): string {
  const parts = rules.map((rule) => {
    const { kind, ...set } = rule
    const values = Object.entries(set).map(([name, value]) => `${name} ${value}`)
    return `${kind} (${values.length === 0 ? 'as by default' : values.join(', ')})`
  })
  if (escalateAfterMs === null) parts.push('escalation as by default')
  if (escalateAfterMs != null) parts.push(`escalation after ${Math.round(escalateAfterMs / 1000)} s`)
  return parts.join('; ')
}

async function saveOverride(
  transaction: Database,
  migrationId: string,
  { kind, enabled, raise, clear, samples, clearSamples }: AlarmRuleOverride,
): Promise<void> {
  const set = {
    enabled: enabled ?? null,
    raise: raise ?? null,
    clear: clear ?? null,
    samples: samples ?? null,
    clearSamples: clearSamples ?? null,
  }
  await transaction
    .insert(alarmRules)
    .values({ migrationId, kind, ...set })
    .onConflictDoUpdate({ target: [alarmRules.migrationId, alarmRules.kind], set })
}

async function saveEscalation(
  transaction: Database,
  migrationId: string,
  escalateAfterMs: number | null,
): Promise<void> {
  if (escalateAfterMs === null) {
    await transaction.delete(alarmSettings).where(eq(alarmSettings.migrationId, migrationId))
    return
  }
  await transaction
    .insert(alarmSettings)
    .values({ migrationId, escalateAfterMs: Math.round(escalateAfterMs) })
    .onConflictDoUpdate({
      target: alarmSettings.migrationId,
      set: { escalateAfterMs: sql`excluded.escalate_after_ms` },
    })
}
