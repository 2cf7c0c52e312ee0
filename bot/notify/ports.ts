import type { Logger } from 'pino'
import type { ApiClient } from '../client/index.ts'
import type { Clock, Outgoing } from '../slack/index.ts'
import type { Homes } from './homes.ts'
import type { RecordsNeeded } from './notes.ts'
import type { ChannelPlace } from './place.ts'

/** All that the notifier is given. */
export interface NotifyNeeds {
  readonly api: Pick<ApiClient, 'execute' | 'follow'>
  readonly records: RecordsNeeded
  readonly outgoing: Pick<Outgoing, 'post' | 'update' | 'direct' | 'call'>
  readonly clock: Clock
  readonly log: Logger
  readonly homes: Homes
  /**
   * For migrations that no channel has asked for, or whose own is gone; null: they are in none. `team` is the workspace
   * to which the migration belongs, if to any: it does not come to another one. @throws SlackCallError
   */
  readonly findDefaultChannel: (team: string | null) => Promise<ChannelPlace | null>
}

/** That this process is the one that tells, now. */
export interface Mandate {
  readonly signal: AbortSignal
  /** Right before what must not be done twice. @throws when another process may have taken over */
  assertHeld(): void
}
