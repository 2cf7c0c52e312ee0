import {
  alarmEvent,
  comebackMs,
  defaultEscalateAfterMs,
  isOpen,
  mutedKinds,
  settleAlarms,
  type Alarm,
  type AlarmFacts,
  type AlarmKind,
  type AlarmRuleOverride,
  type NewEvent,
  type RiskSample,
} from '../../../../engine/index.ts'

/** A moment like any other. */
const startMs = Date.UTC(2026, 0, 2, 3, 4, 5)

const healthy: Omit<RiskSample, 'at'> = {
  seconds: 0,
  bytes: 0,
  retainedBytes: 0,
  walStatus: 'reserved',
  safeWalBytes: null,
  oldestTransactionSeconds: 0,
  stalledSeconds: 0,
}

/** The alarms of one migration over time, without a database: what is decided is done, second by second. */
export class Simulation {
  nowMs = startMs
  facts: Omit<AlarmFacts, 'now' | 'samples'> = {
    status: 'RUNNING',
    deleted: false,
    following: true,
    attempt: 0,
    problem: null,
    differs: null,
    diverged: null,
    slotLost: null,
    startRefused: false,
    fence: null,
    givenUp: false,
    releasing: false,
    planApproved: false,
    approvalSecondsLeft: null,
    leaseOverdueSeconds: 0,
    holdsSlot: true,
    idleSlot: null,
  }
  overrides: AlarmRuleOverride[] = []
  mutes: { kinds: readonly AlarmKind[] | null }[] = []
  readonly events: (NewEvent & { readonly atMs: number })[] = []
  #samples: RiskSample[] = []
  #episodes: Alarm[] = []

  get episodes(): readonly Alarm[] {
    return this.#episodes
  }

  get open(): readonly Alarm[] {
    return this.#episodes.filter(isOpen)
  }

  get announced(): readonly string[] {
    return this.events.map(({ type }) => type)
  }

  /** Time passes without anything being looked at. */
  wait(ms: number): void {
    this.nowMs += ms
  }

  /** Someone looks after all that is open. */
  acknowledge(): void {
    const acknowledgement = {
      at: this.now,
      by: { kind: 'token', id: 'a', name: 'alice' } as const,
      note: null,
    }
    this.#episodes = this.#episodes.map((episode) =>
      isOpen(episode) ? { ...episode, state: 'ACKNOWLEDGED', acknowledgement } : episode,
    )
  }

  /** One second passes with one sample, and then everything is looked at. */
  sample(values: Partial<RiskSample>): void {
    this.wait(1_000)
    this.#samples = [{ ...healthy, ...values, at: this.now }, ...this.#samples].slice(0, 5)
    this.settle()
  }

  lag(...seconds: readonly number[]): void {
    for (const each of seconds) this.sample({ seconds: each })
  }

  settle(): void {
    const changes = settleAlarms<Alarm>({
      facts: { ...this.facts, now: this.now, samples: this.#samples },
      episodes: this.#episodes.filter(
        (episode) =>
          isOpen(episode) ||
          episode.announced === 'FIRING' ||
          this.nowMs - (episode.resolvedAt?.getTime() ?? 0) <= comebackMs,
      ),
      overrides: this.overrides,
      escalateAfterMs: defaultEscalateAfterMs,
      muted: mutedKinds(this.mutes),
    })
    for (const { before, after, announcement } of changes) {
      const id = before?.id ?? `alarm-${this.#episodes.length}`
      const alarm = { ...after, id, migrationId: 'm' }
      this.#episodes =
        before === null
          ? [...this.#episodes, alarm]
          : this.#episodes.map((episode) => (episode.id === id ? alarm : episode))
      if (announcement !== null) this.events.push({ ...alarmEvent(announcement, alarm), atMs: this.nowMs })
    }
  }

  private get now(): Date {
    return new Date(this.nowMs)
  }
}

export function repeat<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value)
}
