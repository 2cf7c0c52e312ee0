import type { Logger } from 'pino'
import type { ApiClient } from '../client/index.ts'
import type { Records } from '../records/index.ts'
import type { Clock, Outgoing } from '../slack/index.ts'
import type { Homes } from './homes.ts'

/** A channel of a workspace, by their ids. */
export interface ChannelPlace {
  readonly team: string
  readonly channel: string
}

/** All that the notifier is given. */
export interface NotifyNeeds {
  readonly api: Pick<ApiClient, 'execute' | 'follow'>
  readonly records: Pick<Records, 'find' | 'list' | 'put' | 'delete'>
  readonly outgoing: Pick<Outgoing, 'post' | 'update' | 'direct' | 'call'>
  readonly clock: Clock
  readonly log: Logger
  readonly homes: Homes
  /** For migrations that no channel has asked for; null: they are in none. @throws SlackCallError */
  readonly findDefaultChannel: () => Promise<ChannelPlace | null>
}

/** That this process is the one that tells, now. */
export interface Mandate {
  readonly signal: AbortSignal
  /** Right before what must not be done twice. @throws when another process may have taken over */
  assertHeld(): void
}
