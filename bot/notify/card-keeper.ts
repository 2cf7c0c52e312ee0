import { Bell } from './bell.ts'
import type { Channels } from './channels.ts'
import { type Cadence, nextUpdateMs } from './cadence.ts'
import type { CardContent, Content } from './content/index.ts'
import { isForThread } from './events.ts'
import { isChannelGone, isMessageGone, judge } from './failures.ts'
import type { Messages } from './messages.ts'
import { noteDone } from './note-done.ts'
import {
  type CardNote,
  cardKey,
  cardNote,
  keepEndedMs,
  type Kept,
  saveNote,
  StaleNoteError,
} from './notes.ts'
import type { OutgoingMessage } from '../slack/index.ts'
import type { Persistence } from './persistence.ts'
import type { Mandate, NotifyNeeds } from './ports.ts'

/** A migration, and the workspace in which its card is. */
export interface CardOf {
  readonly shortId: string
  readonly team: string
}

export interface CardKeeperNeeds extends Pick<NotifyNeeds, 'records' | 'clock' | 'outgoing'> {
  readonly messages: Messages
  readonly channels: Channels
  readonly content: Content
  readonly persistence: Persistence
  readonly mandate: Mandate
}

export type Urgency = 'urgent' | 'may wait'

/** Something that people wait for has happened before this was sent. */
class WithdrawnError extends Error {
  override readonly name = 'WithdrawnError'
}

/** What happens first is shown at once, and what follows it in a moment together. */
const gapMs = 250

/**
 * Keeps the card of one migration, and tells its events in the thread. There is one round at a time, and each looks at
 * the migration anew: however long Slack makes it wait, what comes is the latest. For what people wait for, what only
 * waits to be sent is withdrawn, and the card is first.
 */
export class CardKeeper {
  readonly shortId: string
  readonly #needs: CardKeeperNeeds
  readonly #bell = new Bell()
  #isUrgent = false
  /** Of what the round has not sent yet and may send later. */
  #withdrawal = new AbortController()
  #cadence: Cadence = { key: '', sinceMs: 0 }
  /** The workspace of its channel, when it was last looked for. */
  #team: string
  /** The thread may lack events. */
  #isBehind = true

  constructor(needs: CardKeeperNeeds, { shortId, team }: CardOf) {
    this.#needs = needs
    this.shortId = shortId
    this.#team = team
  }

  /** Something has happened to the migration; `urgent`: people wait to see it. */
  ring(urgency: Urgency): void {
    this.#isBehind = true
    this.#bell.ring()
    if (urgency !== 'urgent') return
    this.#isUrgent = true
    this.#withdrawal.abort(new WithdrawnError(`the card of ${this.shortId} goes first`))
  }

  /** Whether something has happened that it has not looked at. */
  get isRung(): boolean {
    return this.#bell.hasRung
  }

  /** Until there is nothing left to show: the migration has ended, or its channel is gone. @throws the signal’s reason */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, persistence } = this.#needs
    const what = `the card of ${this.shortId}`
    for (;;) {
      this.#bell.clear()
      const begunMs = clock.nowMs()
      const isUrgent = this.#isUrgent
      const waitMs = await persistence.insist({ team: this.#team, what }, () => this.#round(), signal)
      if (waitMs === null || waitMs === undefined) return
      await this.#bell.wait(clock, waitMs, signal)
      signal.throwIfAborted()
      const restMs = begunMs + gapMs - clock.nowMs()
      // What people wait for does not wait for what was progress.
      const enough = isUrgent ? signal : AbortSignal.any([signal, this.#withdrawal.signal])
      if (restMs > 0) await clock.sleep(restMs, enough).catch(() => signal.throwIfAborted())
    }
  }

  /** Resolves with how long to wait before the next, if nothing happens; null when there is no next. */
  async #round(): Promise<number | null> {
    const isUrgent = this.#isUrgent
    this.#isUrgent = false
    this.#withdrawal = new AbortController()
    try {
      return await this.#bringUpToDate(isUrgent ? 'urgent' : 'may wait')
    } catch (error) {
      if (error instanceof WithdrawnError) return 0
      this.#isUrgent ||= isUrgent
      throw error
    }
  }

  async #bringUpToDate(urgency: Urgency): Promise<number | null> {
    const { channels, content, clock } = this.#needs
    const [card, shown] = await Promise.all([channels.findCard(this.shortId), content.card(this.shortId)])
    if (card === null) return null
    this.#team = card.value.team
    try {
      if (shown === null) return await this.#leaveDeleted(card)
      const sent = await this.#show(card, shown, urgency)
      const told = await this.#takeLeave(await this.#tell(sent))
      if (shown.isEnded && !this.#isBehind) return await this.#end(told)
      this.#cadence =
        this.#cadence.key === shown.key ? this.#cadence : { key: shown.key, sinceMs: clock.nowMs() }
      return nextUpdateMs(this.#cadence, shown, clock.nowMs())
    } catch (error) {
      if (!isChannelGone(error)) throw error
      return (await channels.leave(this.shortId, card.value, error.code)) ? 0 : null
    }
  }

  async #show(card: Kept<CardNote>, first: CardContent, urgency: Urgency): Promise<Kept<CardNote>> {
    const { messages, content } = this.#needs
    let known: CardContent | null = first
    const render = async () => {
      const shown = known ?? (await content.card(this.shortId)) ?? first
      known = null
      return shown.message
    }
    const way =
      urgency === 'urgent'
        ? ({ lane: 'first' } as const)
        : ({ lane: 'progress', withdrawn: this.#withdrawal.signal } as const)
    return messages.send({ ...card, value: { ...card.value, ended: false } }, { ...way, render })
  }

  /**
   * Tells what the thread lacks, several things in one message when there are several. Slack takes a message a second: what
   * has happened since is shown on the card before more is told.
   */
  async #tell(card: Kept<CardNote>): Promise<Kept<CardNote>> {
    let told = card
    while (this.#isBehind && (told === card || !this.#bell.hasRung)) {
      this.#isBehind = false
      try {
        told = await this.#tellPage(told)
      } catch (error) {
        this.#isBehind = true
        throw error
      }
    }
    return told
  }

  async #tellPage(card: Kept<CardNote>): Promise<Kept<CardNote>> {
    const { content } = this.#needs
    const { events, hasMore } = await content.eventsAfter(this.shortId, card.value.told)
    const last = events.at(-1)
    if (last === undefined) return card
    this.#isBehind ||= hasMore
    const since = card.value.since ?? ''
    let told = card
    const wanted = events.filter((event) => event.at >= since && isForThread(event))
    for (const { message, upTo } of await content.thread(
      { shortId: this.shortId, team: card.value.team },
      wanted,
    )) {
      await this.#post(told, message)
      told = await noteDone(this.#needs, told, { told: upTo })
    }
    // Of what is for nobody, the note is changed seldom.
    if (told.value.told === last.cursor || (!hasMore && events.length < lazily)) return told
    return saveNote(this.#needs, told, { ...told.value, told: last.cursor })
  }

  async #post(card: Kept<CardNote>, message: OutgoingMessage): Promise<void> {
    const { outgoing, mandate } = this.#needs
    const { team, channel, ts } = card.value
    const place = { channel, threadTs: ts ?? undefined }
    const render = () => {
      mandate.assertHeld()
      return Promise.resolve(message)
    }
    try {
      await outgoing.post(team, 'progress', place, render, this.#withdrawal.signal)
    } catch (error) {
      if (!isMessageGone(error)) throw error
      // The card was deleted: it is posted again, and then this in its thread.
      await saveNote(this.#needs, card, { ...card.value, ts: null, hash: null })
      throw new StaleNoteError(`the card of ${this.shortId} was deleted`, { cause: error })
    }
  }

  /** Cards of other channels say where it is now, and have no buttons any more. */
  async #takeLeave(card: Kept<CardNote>): Promise<Kept<CardNote>> {
    const { channel, left } = card.value
    if (left.length === 0) return card
    const message = this.#needs.content.moved(this.shortId, channel)
    for (const { team, ...posted } of left) {
      try {
        await this.#needs.outgoing.update(team, 'progress', posted, message)
      } catch (error) {
        if (judge(error) === 'later') throw error
      }
    }
    return noteDone(this.#needs, card, { left: [] })
  }

  async #end(card: Kept<CardNote>): Promise<null> {
    await saveNote(this.#needs, card, { ...card.value, ended: true }, keepEndedMs)
    await this.#needs.channels.keepFor(keepEndedMs, this.shortId, card.value)
    return null
  }

  /** The migration itself was deleted. */
  async #leaveDeleted(card: Kept<CardNote>): Promise<null> {
    const { messages, content } = this.#needs
    if (card.value.ts === null) return null
    const message = content.deleted(this.shortId)
    const sent = await messages.send(card, { lane: 'progress', render: () => Promise.resolve(message) })
    return this.#end(sent)
  }
}

/** So many events that are for nobody are passed at once. */
const lazily = 20

/** Those whose card may have to be brought up to date. */
export async function* openCards({ records }: Pick<NotifyNeeds, 'records'>): AsyncGenerator<CardOf> {
  for await (const { key, value } of records.list(cardKey(''))) {
    const note = cardNote.safeParse(value).data
    if (note !== undefined && !note.ended && note.gone === null)
      yield { shortId: key.slice(cardKey('').length), team: note.team }
  }
}
