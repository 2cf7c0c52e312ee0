import { GodwitError } from '../../errors.ts'
import { alarmCatalog, type AlarmKind } from './kinds.ts'

/** When an alarm of a kind is raised and when it ends, in the unit of the kind. */
export interface AlarmRule {
  readonly kind: AlarmKind
  readonly enabled: boolean
  readonly raise: number
  readonly clear: number
  readonly samples: number
  readonly clearSamples: number
}

/** What a migration has otherwise than by default; what is absent is as by default. */
export type AlarmRuleOverride = Pick<AlarmRule, 'kind'> & Partial<AlarmRule>

/** More would be older than the samples that are kept at full resolution. */
const maxSamples = 60

/** The rule that is in effect. A mark to clear that is not given keeps its proportion to the mark to raise. */
export function ruleOf(kind: AlarmKind, override: AlarmRuleOverride = { kind }): AlarmRule {
  const { raise, clear, samples, clearSamples } = alarmCatalog[kind]
  const ownRaise = override.raise ?? raise
  return {
    kind,
    enabled: override.enabled ?? true,
    raise: ownRaise,
    clear: override.clear ?? (ownRaise * clear) / raise,
    samples: override.samples ?? samples,
    clearSamples: override.clearSamples ?? clearSamples,
  }
}

/** @throws GodwitError BAD_INPUT, ALARM_NOT_MUTABLE; `field` is where the override was given */
export function validateOverride(override: AlarmRuleOverride, field: string): void {
  const { kind, raise, clear, samples, clearSamples } = override
  const { mutable, source, unit } = alarmCatalog[kind]
  if (override.enabled === false && !mutable) {
    throw new GodwitError('ALARM_NOT_MUTABLE', `Alarms of the kind ${kind} cannot be switched off.`, {
      field: `${field}.enabled`,
    })
  }
  for (const [name, mark] of Object.entries({ raise, clear })) {
    if (mark !== undefined) checkMark(`${field}.${name}`, mark, unit === 'NONE' ? kind : null)
  }
  for (const [name, count] of Object.entries({ samples, clearSamples })) {
    if (count !== undefined) checkSamples(`${field}.${name}`, count, source === 'state' ? kind : null)
  }
  if (!mutable) checkNotLater(ruleOf(kind, override), field)
  checkOrder(ruleOf(kind, override), field)
}

function checkMark(field: string, mark: number, kindWithout: AlarmKind | null): void {
  if (kindWithout !== null) throw badRule(field, `does not apply: ${kindWithout} is so or is not`)
  if (mark >= 0 && mark <= Number.MAX_SAFE_INTEGER) return
  throw badRule(field, `must be a number from 0 to ${Number.MAX_SAFE_INTEGER}`)
}

function checkSamples(field: string, count: number, kindWithout: AlarmKind | null): void {
  if (kindWithout !== null) throw badRule(field, `does not apply: ${kindWithout} is not raised by samples`)
  if (Number.isInteger(count) && count >= 1 && count <= maxSamples) return
  throw badRule(field, `must be a whole number from 1 to ${maxSamples}`)
}

/** A rule that raises an alarm of lost data too late, or never, would be as good as a mute. */
function checkNotLater({ kind, raise, samples }: AlarmRule, field: string): void {
  const usual = alarmCatalog[kind]
  const isBelow = usual.direction === 'below'
  if (isBelow ? raise < usual.raise : raise > usual.raise) {
    const limit = `${isBelow ? 'at least' : 'at most'} ${usual.raise}`
    throw badRule(`${field}.raise`, `must be ${limit}, as by default: ${kind} tells of lost data`)
  }
  if (samples <= usual.samples) return
  throw badRule(
    `${field}.samples`,
    `must be at most ${usual.samples}, as by default: ${kind} tells of lost data`,
  )
}

/** Apart, so that the alarm does not come and go around one mark. */
function checkOrder({ kind, raise, clear }: AlarmRule, field: string): void {
  const isBelow = alarmCatalog[kind].direction === 'below'
  if (isBelow ? clear > raise : clear < raise) return
  throw badRule(
    `${field}.clear`,
    `is ${clear} and must be ${isBelow ? 'above' : 'below'} raise, which is ${raise}`,
  )
}

function badRule(field: string, why: string): GodwitError {
  return new GodwitError('BAD_INPUT', `${field} ${why}.`, { field })
}
