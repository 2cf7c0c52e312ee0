import type { View } from '@slack/types'
import type { TadaDocumentNode } from 'gql.tada'
import type { Logger } from 'pino'
import type { ChannelPlace, Homes, Reach } from './notify/index.ts'
import type { Person } from './people/index.ts'
import type { Outgoing, OutgoingMessage } from './slack/index.ts'
import type { WishBook } from './wishes/index.ts'

/** The API, as the person. */
export interface PersonalApi {
  /** @throws ApiError, ApiUnreachableError; the signal’s reason when aborted */
  execute<Result, Variables>(
    document: TadaDocumentNode<Result, Variables>,
    variables: Variables,
  ): Promise<Result>
}

/** One thing that a person did in Slack, and all that is needed to do it. */
export interface Turn {
  readonly person: Person
  readonly workspaceId: string
  /** Null in modals and App Home. */
  readonly channelId: string | null
  /** The idempotency key of what comes of it; where that is more than one call, the beginning of their keys. */
  readonly deliveryKey: string
  readonly api: PersonalApi
  readonly outgoing: Outgoing
  /** Which channel each migration belongs to. */
  readonly homes: Homes
  /** Which migrations there are for the people of the workspace. */
  readonly reach: Reach
  /** To which migrations go that no channel has asked for; null: to none. */
  findDefaultChannel(): Promise<ChannelPlace | null>
  /** Starts that wait for verify. */
  readonly wishes: WishBook
  /** Good for three seconds after the person acted; null where Slack gives none, or it is too late. */
  readonly triggerId: string | null
  readonly log: Logger
  readonly signal: AbortSignal
  /** Says something to the person only. */
  tell(message: OutgoingMessage): Promise<void>
  /**
   * Says what has been done in the channel where it was done; to the person where there is none. When Slack does not take
   * it, the person is told that, and nothing is thrown: it has been done.
   */
  say(message: OutgoingMessage): Promise<void>
  /** Opens a modal; on top of the open one when it is done in a modal. Returns its id. @throws SlackCallError */
  openModal(view: View): Promise<string>
}
