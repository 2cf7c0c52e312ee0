import { GodwitError } from '../errors.ts'
import type { CutoverMeasurement, CutoverPlan } from '../ports/index.ts'

/** A lag below these is no worse, whatever was planned: it comes and goes with every checkpoint. */
const harmlessSeconds = 10
const harmlessBytes = 64n * 1024n * 1024n

/** What is compared with a plan. */
export interface Found {
  readonly measured: CutoverMeasurement
  /** Of the migration as it was when its completion was asked for. */
  readonly migrationVersion: number
}

/** Why what was planned does not hold any more, one sentence each; empty when it does. Pure. */
export function judgePlan(
  plan: Pick<CutoverPlan, 'measured' | 'migrationVersion'>,
  found: Found,
): readonly string[] {
  return [
    ...judgeVersion(plan.migrationVersion, found.migrationVersion),
    ...judgeLag(plan.measured, found.measured),
    ...judgeWarnings(plan.measured, found.measured),
  ]
}

/** The same for the version alone, which is known without measuring. */
export function judgeVersion(planned: number, found: number): readonly string[] {
  if (planned === found) return []
  return [`The migration has changed: from version ${planned} to ${found}.`]
}

function judgeLag(planned: CutoverMeasurement, found: CutoverMeasurement): readonly string[] {
  const reasons: string[] = []
  const maxSeconds = Math.max(2 * planned.lagSeconds, harmlessSeconds)
  if (found.lagSeconds > maxSeconds) {
    reasons.push(
      `The lag is worse: from ${seconds(planned.lagSeconds)} to ${seconds(found.lagSeconds)}, ` +
        `more than ${seconds(maxSeconds)}.`,
    )
  }
  const twice = 2n * planned.lagBytes
  const maxBytes = twice > harmlessBytes ? twice : harmlessBytes
  if (found.lagBytes > maxBytes) {
    reasons.push(
      `The lag is worse: from ${planned.lagBytes} to ${found.lagBytes} bytes, more than ${maxBytes} bytes.`,
    )
  }
  return reasons
}

function judgeWarnings(planned: CutoverMeasurement, found: CutoverMeasurement): readonly string[] {
  const known = new Set(planned.warnings.map(({ code }) => code))
  return found.warnings
    .filter(({ code }) => !known.has(code))
    .map(({ code, message }) => `A warning is new: from none to ${code} (${message})`)
}

function seconds(value: number): string {
  return `${Number(value.toFixed(1))} s`
}

/** The error of a plan that does not hold. */
export function planVoid(reasons: readonly string[]): GodwitError {
  return new GodwitError('PLAN_VOID', `The plan does not hold any more. ${reasons.join(' ')}`)
}
