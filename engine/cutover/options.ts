import { GodwitError } from '../errors.ts'
import type { Kind } from '../lifecycle/index.ts'
import type { CutoverOptions, Fencing } from '../ports/index.ts'

/** What a caller says; the rest follows from the kind of the migration. */
export interface GivenCutoverOptions extends Partial<Omit<CutoverOptions, 'fencing'>> {
  readonly fencing: Fencing
}

const defaultQuietMs = 2_000
const maxQuietMs = 600_000
const defaultMaxPauseMs = 300_000
const minMaxPauseMs = 1_000
const maxMaxPauseMs = 86_400_000

/** @throws GodwitError BAD_INPUT */
export function resolveCutoverOptions(given: GivenCutoverOptions, kind: Kind): CutoverOptions {
  const { fencing, quietMs = defaultQuietMs, maxPauseMs = defaultMaxPauseMs, compare = kind.fullCopy } = given
  requireMs('quiet', quietMs, 0, maxQuietMs)
  requireMs('maxPause', maxPauseMs, minMaxPauseMs, maxMaxPauseMs)
  if (compare && !kind.fullCopy) {
    throw new GodwitError(
      'BAD_INPUT',
      'compare is true, but without full copy the counts are bound to differ.',
      {
        field: 'compare',
      },
    )
  }
  return { fencing, quietMs: Math.round(quietMs), maxPauseMs: Math.round(maxPauseMs), compare }
}

export const defaultPlanLifeMs = 30 * 60_000
const minPlanLifeMs = 60_000
const maxPlanLifeMs = 7 * 86_400_000

/** @throws GodwitError BAD_INPUT */
export function requirePlanLife(expiresInMs: number): void {
  requireMs('expiresIn', expiresInMs, minPlanLifeMs, maxPlanLifeMs)
}

function requireMs(field: string, value: number, min: number, max: number): void {
  if (value >= min && value <= max) return
  throw new GodwitError(
    'BAD_INPUT',
    `${field} is ${value / 1000} s; it must be from ${min / 1000} to ${max / 1000} s.`,
    { field },
  )
}
