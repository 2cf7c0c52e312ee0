import type { OutgoingMessage } from '../slack/index.ts'
import type { Channels } from './channels.ts'
import type { Content } from './content/index.ts'
import { planNote } from './content/plan.ts'
import type { Announcement, ToldEvent } from './events.ts'
import { isChannelGone } from './failures.ts'
import type { Messages, Sending } from './messages.ts'
import { type CardNote, findNote, type Kept, type MessageNote, messageNote, StaleNoteError } from './notes.ts'
import { isAt } from './place.ts'
import type { NotifyNeeds } from './ports.ts'

export interface AnnouncerNeeds extends Pick<NotifyNeeds, 'records' | 'clock'> {
  readonly messages: Messages
  readonly channels: Channels
  readonly content: Content
}

/** Something that people are to see. */
export interface Saying {
  /** Of the migration, when it was looked for first. */
  readonly card: Kept<CardNote>
  readonly shortId: string
  readonly announcement: Announcement
  /** Absent where something is said because it is so, whatever has happened. */
  readonly event?: ToldEvent
}

/** Among those who have something to say in a channel. */
export interface Place {
  /** Until all that came before is posted. */
  readonly turn: Promise<void>
  /** Called when nothing is left to post: what comes after need not wait. */
  readonly goOn: () => void
}

interface Occasion {
  readonly card: Kept<CardNote>
  readonly shortId: string
  readonly event: ToldEvent | undefined
  readonly place: Place
}

interface Message extends Omit<Sending, 'render'> {
  readonly message: OutgoingMessage
  /** Absent where it never changes. */
  readonly render?: () => Promise<OutgoingMessage>
}

/**
 * Alarms, plans of cutovers and what else people are to see at once, each a message of its own. Saying it twice is the same
 * as once: the notes of the messages tell what was said.
 */
export class Announcer {
  readonly #needs: AnnouncerNeeds

  constructor(needs: AnnouncerNeeds) {
    this.#needs = needs
  }

  /** @throws SlackCallError, StaleNoteError, ApiError, ApiUnreachableError: what was said stays said when repeated */
  async say({ shortId, announcement, event }: Saying, place: Place): Promise<void> {
    const card = await this.#needs.channels.findCard(shortId)
    if (card === null) return
    const occasion = { card, shortId, event, place }
    switch (announcement.kind) {
      case 'alarm':
        return this.#alarm(occasion, announcement.alarmId)
      case 'alarm again':
        return event === undefined ? undefined : this.#alarmAgain(occasion, announcement.alarmId, event)
      case 'plan':
        return this.#plan(occasion, announcement.digest)
      case 'latest plan':
        return this.#latestPlan(occasion)
      case 'event':
        return event === undefined ? undefined : this.#event(occasion, event)
      default:
        return announcement satisfies never
    }
  }

  async #alarm(occasion: Occasion, alarmId: string): Promise<void> {
    const { card, event } = occasion
    const alarm = await this.#needs.content.alarm(alarmId)
    if (alarm === null) return
    const known = await findNote(this.#needs, messageNote, alarmKey(alarm.id))
    // Of one that is over only those are told to whom it was news.
    const isNews = !alarm.isMuted && (alarm.isOpen || event !== undefined)
    if (known === null && !isNews) return
    const render = async () => (await this.#needs.content.alarm(alarmId))?.message ?? alarm.message
    await this.#send(occasion, known ?? this.#newNote(alarmKey(alarm.id), card), {
      lane: 'first',
      message: alarm.message,
      render,
    })
  }

  async #alarmAgain(occasion: Occasion, alarmId: string, event: ToldEvent): Promise<void> {
    const { card, shortId } = occasion
    const key = `message/escalation/${shortId}-${event.sequence}`
    const said = await findNote(this.#needs, messageNote, key)
    if (said?.value.ts != null) return
    const escalation = await this.#needs.content.escalation(alarmId, card.value)
    if (escalation === null) return
    const alarm = await findNote(this.#needs, messageNote, alarmKey(escalation.id))
    const thread = alarm !== null && isAt(alarm.value, card.value) ? alarm.value.ts : null
    await this.#send(occasion, said ?? this.#newNote(key, card), {
      lane: 'first',
      message: escalation.message,
      ...(thread !== null && { threadTs: thread, alsoInChannel: true }),
    })
  }

  async #plan(occasion: Occasion, digest: string): Promise<void> {
    const { card, shortId, event } = occasion
    const { content } = this.#needs
    const key = planKey(digest)
    const known = await findNote(this.#needs, planNote, key)
    const request = { shortId, digest, event, team: card.value.team }
    const plan = await content.plan({ ...request, known: known?.value ?? null })
    if (plan === null) return
    const kept = known ?? this.#newNote(key, card)
    const render = async () => (await content.plan({ ...request, known: plan.kept }))?.message ?? plan.message
    await this.#send(
      occasion,
      { ...kept, value: { ...kept.value, ...plan.kept } },
      { lane: 'first', message: plan.message, render },
    )
  }

  async #latestPlan(occasion: Occasion): Promise<void> {
    const digest = await this.#needs.content.planDigest(occasion.shortId)
    if (digest === null) return
    const known = await findNote(this.#needs, messageNote, planKey(digest))
    if (known !== null) await this.#plan({ ...occasion, event: undefined }, digest)
  }

  async #event(occasion: Occasion, event: ToldEvent): Promise<void> {
    const { card, shortId } = occasion
    const key = `message/event/${shortId}-${event.sequence}`
    const said = await findNote(this.#needs, messageNote, key)
    if (said?.value.ts != null) return
    const message = await this.#needs.content.announcement({ shortId, team: card.value.team }, event)
    if (message === null) return
    await this.#send(occasion, said ?? this.#newNote(key, card), {
      lane: 'first',
      message,
    })
  }

  #newNote(key: string, card: Kept<CardNote>): Kept<MessageNote> {
    const { team, channel } = card.value
    const at = new Date(this.#needs.clock.nowMs()).toISOString()
    return { key, version: 0, value: messageNote.parse({ team, channel, at }) }
  }

  /** A channel that is gone takes nothing with it but its messages: they are posted where the migration is now. */
  async #send(occasion: Occasion, noted: Kept<MessageNote>, { message, ...rest }: Message): Promise<void> {
    const { card, shortId, place } = occasion
    const { channels, messages } = this.#needs
    const { team, channel } = card.value
    const { render = () => Promise.resolve(message) } = rest
    // What was not posted before the migration was brought elsewhere is posted there.
    const kept = noted.value.ts === null ? { ...noted, value: { ...noted.value, team, channel } } : noted
    const isThere = kept.value.ts !== null
    if (isThere) place.goOn()
    else await place.turn
    try {
      await messages.send(kept, { ...rest, render: isThere ? startingWith(message, render) : render })
    } catch (error) {
      if (!isChannelGone(error)) throw error
      if (isAt(kept.value, card.value)) {
        if (await channels.leave(shortId, card.value, error.code))
          throw new StaleNoteError(`the migration ${shortId} has moved to another channel`, { cause: error })
        return
      }
      // From here it is in the channel where the card is.
      await messages.send({ ...kept, value: { ...kept.value, team, channel, ts: null } }, { ...rest, render })
    }
  }
}

function alarmKey(alarmId: string): string {
  return `message/alarm/${alarmId}`
}

function planKey(digest: string): string {
  return `message/plan/${digest}`
}

/** What was rendered already, and from then on anew. */
function startingWith(
  first: OutgoingMessage,
  next: () => Promise<OutgoingMessage>,
): () => Promise<OutgoingMessage> {
  let isFirst = true
  return () => {
    if (!isFirst) return next()
    isFirst = false
    return Promise.resolve(first)
  }
}
