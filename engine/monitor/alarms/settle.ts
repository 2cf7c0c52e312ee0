import { afterAnnouncement, announcementOf, type Announcement } from './announce.ts'
import { describeAlarm } from './describe.ts'
import { isOpen, type Episode } from './episode.ts'
import { evaluateAlarm, worseOf, type AlarmDecision } from './evaluate.ts'
import { alarmCatalog, alarmKinds, type AlarmKind } from './kinds.ts'
import { observe, type AlarmFacts } from './observe.ts'
import { ruleOf, type AlarmRule, type AlarmRuleOverride } from './rules.ts'

/** All that the alarms of one migration are decided by. */
export interface AlarmSituation<E extends Episode = Episode> {
  readonly facts: AlarmFacts
  /** Those that are open, that have ended within `comebackMs`, or whose end was not announced; newest last. */
  readonly episodes: readonly E[]
  readonly overrides: readonly AlarmRuleOverride[]
  readonly escalateAfterMs: number
  /** The kinds that are muted now. */
  readonly muted: ReadonlySet<AlarmKind>
}

/** An episode that is to be written as `after`. */
export interface EpisodeChange<E extends Episode = Episode> {
  /** Null: it begins. */
  readonly before: E | null
  readonly after: Episode
  readonly announcement: Announcement | null
}

/** What becomes of the alarms of a migration. Pure: the same situation always gives the same changes. */
export function settleAlarms<E extends Episode>(situation: AlarmSituation<E>): readonly EpisodeChange<E>[] {
  return alarmKinds.flatMap((kind) => settleKind(kind, situation))
}

/** Whether a change is of numbers only, which nobody is told of. */
export function isQuiet({ before, after, announcement }: EpisodeChange): boolean {
  return (
    before !== null && announcement === null && before.state === after.state && before.muted === after.muted
  )
}

/** The kinds that a mute covers; null: all that can be muted. */
export function mutedKinds(
  mutes: readonly { readonly kinds: readonly AlarmKind[] | null }[],
): Set<AlarmKind> {
  return new Set(
    alarmKinds.filter(
      (kind) => alarmCatalog[kind].mutable && mutes.some(({ kinds }) => kinds?.includes(kind) ?? true),
    ),
  )
}

function settleKind<E extends Episode>(
  kind: AlarmKind,
  { facts, episodes, overrides, escalateAfterMs, muted }: AlarmSituation<E>,
): readonly EpisodeChange<E>[] {
  const { now } = facts
  const ofKind = episodes.filter((episode) => episode.kind === kind)
  const current = ofKind.find(isOpen) ?? ofKind.at(-1) ?? null
  const rule = ruleOf(
    kind,
    overrides.find((override) => override.kind === kind),
  )
  const decision = evaluateAlarm({ rule, observation: observe(kind, facts), episode: current, now })
  const isMuted = muted.has(kind)
  const decided = applyDecision(decision, { current, rule, facts })
  // A new episode does not replace the last: that may still have its end to be announced.
  const afters = decision.type === 'FIRE' ? [null, ...ofKind] : ofKind
  return afters.flatMap((before) => {
    const isCurrent = decision.type === 'FIRE' ? before === null : before === current
    const episode = isCurrent ? (decided ?? before) : before
    if (episode === null) return []
    const marked = isOpen(episode) ? { ...episode, muted: isMuted } : episode
    const announcement = announcementOf(marked, { muted: isMuted, escalateAfterMs, now })
    const after = announcement === null ? marked : afterAnnouncement(marked, announcement, now)
    const changed = episode !== before || announcement !== null || marked.muted !== episode.muted
    return changed ? [{ before, after, announcement }] : []
  })
}

interface Ground {
  readonly current: Episode | null
  readonly rule: AlarmRule
  readonly facts: AlarmFacts
}

/** The episode as the decision leaves it; null when it leaves it alone. */
function applyDecision(decision: AlarmDecision, { current, rule, facts }: Ground): Episode | null {
  const { kind } = rule
  if (decision.type === 'FIRE') {
    return { ...newEpisode, kind, openedAt: facts.now, ...readingOf(decision, rule, facts) }
  }
  if (current === null || decision.type === 'NOTHING') return null
  if (decision.type === 'REOPEN') {
    return {
      ...current,
      ...readingOf({ ...decision, peak: worseOf(kind, current.peak, decision.peak) }, rule, facts),
      state: 'FIRING',
      reopenings: current.reopenings + 1,
      clearSince: null,
      acknowledgement: null,
      escalatedAt: null,
      resolvedAt: null,
      resolution: null,
    }
  }
  if (decision.type === 'UPDATE') {
    return {
      ...current,
      ...readingOf({ ...decision, peak: worseOf(kind, current.peak, decision.value) }, rule, facts),
      clearSince: decision.clearSince,
    }
  }
  return { ...current, state: 'RESOLVED', resolvedAt: facts.now, resolution: decision.resolution }
}

function readingOf(
  { value, peak }: { readonly value: number; readonly peak: number },
  { kind, raise }: AlarmRule,
  facts: AlarmFacts,
): Pick<Episode, 'value' | 'peak' | 'threshold' | 'message'> {
  return { value, peak, threshold: raise, message: describeAlarm(kind, value, facts) }
}

const newEpisode = {
  state: 'FIRING',
  reopenings: 0,
  muted: false,
  clearSince: null,
  acknowledgement: null,
  escalatedAt: null,
  resolvedAt: null,
  resolution: null,
  announced: null,
  announcedAt: null,
} as const
