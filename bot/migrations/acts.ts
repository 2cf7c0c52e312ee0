import type { Turn } from '../turn.ts'
import { type Mrkdwn, mrkdwn } from '../views/mrkdwn.ts'
import { change } from './change.ts'
import { type Changed, changes } from './changes.ts'

/** What is done with one word or one click. */
export type Act = 'verify' | 'start' | 'unschedule' | 'pause' | 'resume' | 'retry' | 'unmute'

/** What the others read of it, behind the name of the person. */
export const actWords: Readonly<Record<Act, (migration: Mrkdwn) => Mrkdwn>> = {
  verify: (migration) => mrkdwn`has ${migration} verified`,
  start: (migration) => mrkdwn`has started ${migration}`,
  unschedule: (migration) => mrkdwn`has taken back the schedule of ${migration}`,
  pause: (migration) => mrkdwn`has paused ${migration}`,
  resume: (migration) => mrkdwn`has resumed ${migration}`,
  retry: (migration) => mrkdwn`goes on with ${migration} from its last checkpoint`,
  unmute: (migration) => mrkdwn`has ended the mute of ${migration}: its alarms are told again`,
}

interface Seen {
  readonly shortId: string
  /** Of what the person has looked at; undefined where that is not known. */
  readonly version: number | undefined
  /** The person has seen the warnings of verify, and accepts them. */
  readonly acceptsWarnings?: boolean
}

/** Null when it was refused, and the person told why. @throws ApiUnreachableError */
export async function perform(turn: Turn, act: Act, seen: Seen): Promise<Changed | null> {
  const { shortId, version, acceptsWarnings = false } = seen
  const input = {
    id: shortId,
    idempotencyKey: turn.deliveryKey,
    ...(version !== undefined && { expectedVersion: version }),
    ...(act === 'start' && acceptsWarnings && { acceptWarnings: true }),
  }
  return change(turn, shortId, () => changes[act](turn.api, input))
}
