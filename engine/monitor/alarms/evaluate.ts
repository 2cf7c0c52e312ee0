import { longestSampleGapMs } from '../sample-gap.ts'
import { isOpen, type Episode } from './episode.ts'
import { alarmCatalog, comebackMs, type AlarmKind } from './kinds.ts'
import type { AlarmRule } from './rules.ts'

export interface AlarmSample {
  readonly at: Date
  readonly value: number
}

/** What is known of one kind. */
export type Observation =
  | {
      readonly samples: readonly AlarmSample[]
      /** One sample is enough, however long ago: nobody works on what it is of, so it does not swing. */
      readonly settled?: true
    }
  /** There is nothing to observe any more; `ended` says why. */
  | { readonly ended: string }

export interface AlarmQuestion {
  readonly rule: AlarmRule
  /** Samples newest first. */
  readonly observation: Observation
  /** The open episode, or the last one; null when there was none. */
  readonly episode: Episode | null
  readonly now: Date
}

export type AlarmDecision =
  | { readonly type: 'NOTHING' }
  | { readonly type: 'FIRE'; readonly value: number; readonly peak: number }
  | { readonly type: 'REOPEN'; readonly value: number; readonly peak: number }
  | { readonly type: 'UPDATE'; readonly value: number; readonly clearSince: Date | null }
  | { readonly type: 'RESOLVE'; readonly resolution: string }

const nothing: AlarmDecision = { type: 'NOTHING' }

/**
 * Whether an alarm is raised, goes on or ends.
 *
 * It is raised by so many samples in a row at the mark `raise` or beyond it, and ends by so many in a row at the mark
 * `clear` or beyond it; in between it stays as it is. Samples with a gap between them are not in a row, so a gap
 * neither raises an alarm nor ends it.
 *
 * One that comes and goes by itself and is back within `comebackMs` after its end is the same episode again. From
 * then on it ends only when it has been clear for all of `comebackMs`. So what was announced stays true, and however
 * fast the value swings, after the first end and return no more than one end and one return follow in that time.
 */
export function evaluateAlarm({ rule, observation, episode, now }: AlarmQuestion): AlarmDecision {
  const isOpened = episode !== null && isOpen(episode)
  const end = (resolution: string): AlarmDecision => (isOpened ? { type: 'RESOLVE', resolution } : nothing)
  if (!rule.enabled) return end('The rule was switched off.')
  if ('ended' in observation) return end(observation.ended)
  if (observation.settled === true) {
    return judge({ ...rule, samples: 1, clearSamples: 1 }, observation.samples, { episode, now })
  }
  return judge(rule, takeInARow(rule.kind, observation.samples, now), { episode, now })
}

function judge(
  rule: AlarmRule,
  samples: readonly AlarmSample[],
  { episode, now }: Pick<AlarmQuestion, 'episode' | 'now'>,
): AlarmDecision {
  const open = episode !== null && isOpen(episode) ? episode : null
  if (open !== null) return goOn(rule, samples, open, now)
  const decisive = samples.slice(0, rule.samples)
  const newest = decisive[0]
  if (newest === undefined || decisive.length < rule.samples) return nothing
  if (!decisive.every(({ value }) => isRaised(rule, value))) return nothing
  const peak = decisive.map(({ value }) => value).reduce((a, b) => worseOf(rule.kind, a, b))
  const type = episode !== null && isComeback(episode, now) ? 'REOPEN' : 'FIRE'
  return { type, value: newest.value, peak }
}

function goOn(rule: AlarmRule, samples: readonly AlarmSample[], open: Episode, now: Date): AlarmDecision {
  const decisive = samples.slice(0, rule.clearSamples)
  const value = decisive[0]?.value ?? open.value
  const isClear =
    decisive.length === rule.clearSamples && decisive.every((sample) => isCleared(rule, sample.value))
  if (!isClear) {
    return value === open.value && open.clearSince === null
      ? nothing
      : { type: 'UPDATE', value, clearSince: null }
  }
  const clearSince = open.clearSince ?? now
  const holdMs = open.reopenings > 0 ? comebackMs : 0
  if (now.getTime() - clearSince.getTime() < holdMs) return { type: 'UPDATE', value, clearSince }
  return { type: 'RESOLVE', resolution: 'It is over.' }
}

/** From the newest on, as far as there is no gap, neither between them nor to now. */
function takeInARow(kind: AlarmKind, samples: readonly AlarmSample[], now: Date): readonly AlarmSample[] {
  if (alarmCatalog[kind].source === 'state') return samples
  let later = now.getTime()
  const gap = samples.findIndex(({ at }) => {
    const isGap = later - at.getTime() > longestSampleGapMs
    later = at.getTime()
    return isGap
  })
  return gap === -1 ? samples : samples.slice(0, gap)
}

function isRaised({ kind, raise }: AlarmRule, value: number): boolean {
  return alarmCatalog[kind].direction === 'below' ? value <= raise : value >= raise
}

function isCleared({ kind, clear }: AlarmRule, value: number): boolean {
  return alarmCatalog[kind].direction === 'below' ? value >= clear : value <= clear
}

export function worseOf(kind: AlarmKind, a: number, b: number): number {
  return alarmCatalog[kind].direction === 'below' ? Math.min(a, b) : Math.max(a, b)
}

function isComeback({ kind, resolvedAt }: Episode, now: Date): boolean {
  return alarmCatalog[kind].flaps && resolvedAt !== null && now.getTime() - resolvedAt.getTime() <= comebackMs
}
