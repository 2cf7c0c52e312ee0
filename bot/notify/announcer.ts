import type { OutgoingMessage } from '../slack/index.ts'
import type { Channels } from './channels.ts'
import type { Content } from './content/index.ts'
import { planNote } from './content/plan.ts'
import { type Announcement, announcementsOf, type ToldEvent } from './events.ts'
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
  async announce(shortId: string, event: ToldEvent): Promise<void> {
    for (const announcement of announcementsOf(event)) await this.say(shortId, announcement, event)
  }

  async say(shortId: string, announcement: Announcement, event?: ToldEvent): Promise<void> {
    const card = await this.#needs.channels.findCard(shortId)
    if (card === null) return
    switch (announcement.kind) {
      case 'alarm':
        return this.#alarm(card, shortId, announcement.alarmId, event)
      case 'alarm again':
        return event === undefined ? undefined : this.#alarmAgain(card, shortId, announcement.alarmId, event)
      case 'plan':
        return this.#plan(card, shortId, announcement.digest, event)
      case 'latest plan':
        return this.#latestPlan(card, shortId)
      case 'event':
        return event === undefined ? undefined : this.#event(card, shortId, event)
      default:
        return announcement satisfies never
    }
  }

  async #alarm(
    card: Kept<CardNote>,
    shortId: string,
    alarmId: string,
    event: ToldEvent | undefined,
  ): Promise<void> {
    const alarm = await this.#needs.content.alarm(alarmId)
    if (alarm === null) return
    const known = await findNote(this.#needs, messageNote, alarmKey(alarm.id))
    // Of one that is over only those are told to whom it was news.
    const isNews = !alarm.isMuted && (alarm.isOpen || event !== undefined)
    if (known === null && !isNews) return
    const render = async () => (await this.#needs.content.alarm(alarmId))?.message ?? alarm.message
    await this.#send(card, shortId, known ?? this.#newNote(alarmKey(alarm.id), card), {
      lane: 'first',
      render: startingWith(alarm.message, render),
    })
  }

  async #alarmAgain(card: Kept<CardNote>, shortId: string, alarmId: string, event: ToldEvent): Promise<void> {
    const key = `message/escalation/${shortId}-${event.sequence}`
    const said = await findNote(this.#needs, messageNote, key)
    if (said?.value.ts != null) return
    const escalation = await this.#needs.content.escalation(alarmId, card.value)
    if (escalation === null) return
    const alarm = await findNote(this.#needs, messageNote, alarmKey(escalation.id))
    const thread = alarm !== null && isAt(alarm.value, card.value) ? alarm.value.ts : null
    await this.#send(card, shortId, said ?? this.#newNote(key, card), {
      lane: 'first',
      render: () => Promise.resolve(escalation.message),
      ...(thread !== null && { threadTs: thread, alsoInChannel: true }),
    })
  }

  async #plan(
    card: Kept<CardNote>,
    shortId: string,
    digest: string,
    event: ToldEvent | undefined,
  ): Promise<void> {
    const { content } = this.#needs
    const key = planKey(digest)
    const known = await findNote(this.#needs, planNote, key)
    const request = { shortId, digest, event, team: card.value.team }
    const plan = await content.plan({ ...request, known: known?.value ?? null })
    if (plan === null) return
    const kept = known ?? this.#newNote(key, card)
    const render = async () => (await content.plan({ ...request, known: plan.kept }))?.message ?? plan.message
    await this.#send(
      card,
      shortId,
      { ...kept, value: { ...kept.value, ...plan.kept } },
      { lane: 'first', render: startingWith(plan.message, render) },
    )
  }

  async #latestPlan(card: Kept<CardNote>, shortId: string): Promise<void> {
    const digest = await this.#needs.content.planDigest(shortId)
    if (digest === null) return
    const known = await findNote(this.#needs, messageNote, planKey(digest))
    if (known !== null) await this.#plan(card, shortId, digest, undefined)
  }

  async #event(card: Kept<CardNote>, shortId: string, event: ToldEvent): Promise<void> {
    const key = `message/event/${shortId}-${event.sequence}`
    const said = await findNote(this.#needs, messageNote, key)
    if (said?.value.ts != null) return
    const message = await this.#needs.content.announcement(shortId, event)
    if (message === null) return
    await this.#send(card, shortId, said ?? this.#newNote(key, card), {
      lane: 'first',
      render: () => Promise.resolve(message),
    })
  }

  #newNote(key: string, card: Kept<CardNote>): Kept<MessageNote> {
    const { team, channel } = card.value
    const at = new Date(this.#needs.clock.nowMs()).toISOString()
    return { key, version: 0, value: messageNote.parse({ team, channel, at }) }
  }

  /** A channel that is gone takes nothing with it but its messages: they are posted where the migration is now. */
  async #send(
    card: Kept<CardNote>,
    shortId: string,
    noted: Kept<MessageNote>,
    sending: Sending,
  ): Promise<void> {
    const { channels, messages } = this.#needs
    const { team, channel } = card.value
    // What was not posted before the migration was brought elsewhere is posted there.
    const kept = noted.value.ts === null ? { ...noted, value: { ...noted.value, team, channel } } : noted
    try {
      await messages.send(kept, sending)
    } catch (error) {
      if (!isChannelGone(error)) throw error
      if (isAt(kept.value, card.value)) {
        if (await channels.leave(shortId, card.value, error.code))
          throw new StaleNoteError(`the migration ${shortId} has moved to another channel`, { cause: error })
        return
      }
      // From here it is in the channel where the card is.
      await messages.send({ ...kept, value: { ...kept.value, team, channel, ts: null } }, sending)
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
