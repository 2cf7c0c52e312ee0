import type { Actor } from '../../ports/actors.ts'
import type { AlarmKind } from './kinds.ts'

export const alarmStates = ['FIRING', 'ACKNOWLEDGED', 'RESOLVED'] as const

export type AlarmState = (typeof alarmStates)[number]

/** Who has said to be looking after it. */
export interface Acknowledgement {
  readonly at: Date
  readonly by: Actor
  readonly note: string | null
}

/** One alarm from when it is raised until it ends. Times are by the control database's clock. */
export interface Episode {
  readonly kind: AlarmKind
  readonly state: AlarmState
  /** One sentence for people. */
  readonly message: string
  /** The latest, in the unit of the kind. */
  readonly value: number
  /** The worst. */
  readonly peak: number
  /** The mark that it was raised by. */
  readonly threshold: number
  /** How often it has come back soon after it had ended. */
  readonly reopenings: number
  /** Nobody was told, or is told any more, because of a mute. */
  readonly muted: boolean
  readonly openedAt: Date
  /** Since when it could have ended, where it has to stay so for a while first. */
  readonly clearSince: Date | null
  readonly acknowledgement: Acknowledgement | null
  readonly escalatedAt: Date | null
  readonly resolvedAt: Date | null
  /** Why it ended. */
  readonly resolution: string | null
  /** What the event log said of it last; null when nothing yet. */
  readonly announced: 'FIRING' | 'RESOLVED' | null
  /** When the log said last that it fires. */
  readonly announcedAt: Date | null
}

export function isOpen({ state }: Pick<Episode, 'state'>): boolean {
  return state !== 'RESOLVED'
}
