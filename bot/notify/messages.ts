import { createHash } from 'node:crypto'
import type { LaneName, OutgoingMessage } from '../slack/index.ts'
import { isMessageGone } from './failures.ts'
import { noteDone } from './note-done.ts'
import { type Kept, type MessageNote, saveNote } from './notes.ts'
import type { Mandate, NotifyNeeds } from './ports.ts'

export interface Sending {
  readonly lane: LaneName
  /** When aborted before Slack had it, it is not sent. */
  readonly withdrawn?: AbortSignal | undefined
  /** Asked right before it is sent, so that what had to wait is not old when it comes. */
  readonly render: () => Promise<OutgoingMessage>
  /** Of the message in whose thread it belongs. */
  readonly threadTs?: string | undefined
  /** A message of a thread that is shown in the channel, too. */
  readonly alsoInChannel?: boolean
}

type MessagesNeeds = Pick<NotifyNeeds, 'records' | 'outgoing' | 'clock'> & { readonly mandate: Mandate }

/**
 * Messages that are posted once and kept up to date: a note of each says where it is and what it says.
 *
 * That it is about to be posted is noted before, so that of two processes one posts. Slack has nothing to find a message
 * by that was posted while the process died (the app may not read channels): then it is posted once more.
 */
export class Messages {
  readonly #needs: MessagesNeeds

  constructor(needs: MessagesNeeds) {
    this.#needs = needs
  }

  /**
   * Posts the message, or changes it when it says something else now; one that was deleted is posted again.
   * @throws SlackCallError, StaleNoteError, and what `render` throws
   */
  async send<N extends MessageNote>(kept: Kept<N>, sending: Sending): Promise<Kept<N>> {
    const { ts } = kept.value
    if (ts === null) return this.#post(kept, sending)
    const drawn = new Drawing(sending.render, this.#needs.clock)
    if (hashOf(await drawn.now()) === kept.value.hash) return kept
    try {
      const { team, channel } = kept.value
      const { lane, withdrawn } = sending
      await this.#needs.outgoing.update(team, lane, { channel, ts }, () => drawn.now(), withdrawn)
    } catch (error) {
      if (isMessageGone(error)) return this.#post(kept, sending)
      throw error
    }
    return noteDone(this.#needs, kept, { hash: drawn.hash, at: this.#at() })
  }

  async #post<N extends MessageNote>(kept: Kept<N>, sending: Sending): Promise<Kept<N>> {
    const { lane, render, threadTs, alsoInChannel, withdrawn } = sending
    const intent = { ...kept.value, ts: null, hash: null, at: this.#at() }
    const intended = await saveNote(this.#needs, kept, intent)
    const drawn = new Drawing(render, this.#needs.clock)
    const { team, channel } = kept.value
    const place = { channel, threadTs, ...(alsoInChannel === true && { alsoInChannel }) }
    const draw = () => {
      this.#needs.mandate.assertHeld()
      return drawn.now()
    }
    const posted = await this.#needs.outgoing.post(team, lane, place, draw, withdrawn)
    return noteDone(this.#needs, intended, { ts: posted.ts, hash: drawn.hash })
  }

  #at(): string {
    return new Date(this.#needs.clock.nowMs()).toISOString()
  }
}

/** Drawn anew when what there is has become old while it waited. */
class Drawing {
  readonly #render: () => Promise<OutgoingMessage>
  readonly #clock: NotifyNeeds['clock']
  #drawn: { readonly message: OutgoingMessage; readonly atMs: number } | undefined

  constructor(render: () => Promise<OutgoingMessage>, clock: NotifyNeeds['clock']) {
    this.#render = render
    this.#clock = clock
  }

  async now(): Promise<OutgoingMessage> {
    const nowMs = this.#clock.nowMs()
    if (this.#drawn === undefined || nowMs - this.#drawn.atMs > freshMs)
      this.#drawn = { message: await this.#render(), atMs: nowMs }
    return this.#drawn.message
  }

  /** Of what was sent. */
  get hash(): string | null {
    return this.#drawn === undefined ? null : hashOf(this.#drawn.message)
  }
}

const freshMs = 500

function hashOf({ text, blocks }: OutgoingMessage): string {
  return createHash('sha256')
    .update(JSON.stringify([text, blocks]))
    .digest('hex')
    .slice(0, 32)
}
