import type { OutgoingMessage } from '../../slack/index.ts'
import type { GoneChannel } from '../channels.ts'
import type { Announcement, ToldEvent } from '../events.ts'
import type { CardNote } from '../notes.ts'
import type { NotifyNeeds } from '../ports.ts'
import { type AlarmContent, readAlarm, readEscalation } from './alarm.ts'
import { type CardContent, readCard } from './card.ts'
import { eventMessage, readEvents, type ThreadOf, type ThreadPost, threadPosts } from './events.ts'
import { readOpenMatters } from './open-matters.ts'
import { channelGoneMessage, deletedMessage, movedMessage } from './notices.ts'
import { type PlanContent, type PlanRequest, readPlan, readPlanDigest } from './plan.ts'

export type { CardContent } from './card.ts'

/** What there is to say, as it is now: reads it through the API, and has the views put it into messages. */
export class Content {
  readonly #needs: Pick<NotifyNeeds, 'api' | 'clock' | 'outgoing' | 'log'>

  constructor(needs: Pick<NotifyNeeds, 'api' | 'clock' | 'outgoing' | 'log'>) {
    this.#needs = needs
  }

  /** Null when the migration was deleted. @throws ApiError, ApiUnreachableError, as everything here that reads */
  card(shortId: string): Promise<CardContent | null> {
    return readCard(this.#needs, shortId)
  }

  /** Null when it was deleted with its migration. */
  alarm(alarmId: string): Promise<AlarmContent | null> {
    return readAlarm(this.#needs, alarmId)
  }

  /** That nobody has acknowledged an alarm; null when it is not so any more. */
  escalation(alarmId: string, card: CardNote): Promise<Pick<AlarmContent, 'id' | 'message'> | null> {
    return readEscalation(this.#needs, alarmId, card)
  }

  /** Null when there is nothing to say of the plan any more. */
  plan(request: PlanRequest): Promise<PlanContent | null> {
    return readPlan(this.#needs, request)
  }

  /** Of the open plan of the migration, else of its last. */
  planDigest(shortId: string): Promise<string | null> {
    return readPlanDigest(this.#needs, shortId)
  }

  /** What only this event says, in a message of its own. */
  announcement(of: ThreadOf, event: ToldEvent): Promise<OutgoingMessage | null> {
    return eventMessage(this.#needs, of, event)
  }

  eventsAfter(
    shortId: string,
    cursor: string,
  ): Promise<{ readonly events: readonly ToldEvent[]; readonly hasMore: boolean }> {
    return readEvents(this.#needs, shortId, cursor)
  }

  /** Messages that tell of the events, in their order: several events in one where they are short. */
  thread(of: ThreadOf, events: readonly ToldEvent[]): Promise<readonly ThreadPost[]> {
    return threadPosts(this.#needs, of, events)
  }

  /** What should be said of a migration, whatever was before. */
  openMatters(shortId: string): Promise<readonly Announcement[]> {
    return readOpenMatters(this.#needs, shortId)
  }

  channelGone(gone: GoneChannel): OutgoingMessage {
    return channelGoneMessage(gone)
  }

  moved(shortId: string, channel: string): OutgoingMessage {
    return movedMessage(shortId, channel)
  }

  deleted(shortId: string): OutgoingMessage {
    return deletedMessage(shortId)
  }
}
