import { z } from 'zod'
import { graphql, type ResultOf } from '../client/index.ts'
import { describe } from '../errors.ts'
import { Bell } from './bell.ts'
import { eventFragment } from './events.ts'
import { judge } from './failures.ts'
import { findNote, type Kept, saveNote, StaleNoteError } from './notes.ts'
import { Places } from './places.ts'
import type { NotifyNeeds } from './ports.ts'

const Feed = graphql(
  `
    subscription Feed($after: EventCursor!) {
      item: events(after: $after) {
        __typename
        cursor
        ... on Event {
          ...ToldEvent
          migration {
            shortId
          }
        }
      }
    }
  `,
  [eventFragment],
)

const LatestCursor = graphql(`
  query LatestCursor {
    latestEventCursor
  }
`)

export type FeedEvent = Extract<ResultOf<typeof Feed>['item'], { readonly __typename: 'Event' }>

type FeedNeeds = Pick<NotifyNeeds, 'api' | 'records' | 'clock' | 'log'>

export interface FeedHandler {
  /** `finish` is called when nothing of the event is left to do. What takes long must not be waited for. */
  handle(event: FeedEvent, finish: () => void): Promise<void>
  /** Events may have been missed: what there is must be made true by the state. `finish` is called when it is. */
  catchUp(finish: () => void): Promise<void>
}

const cursorKey = 'cursor/feed'
const cursorNote = z.object({ cursor: z.string() })
type CursorNote = z.infer<typeof cursorNote>

const firstDelayMs = 500
const maxDelayMs = 30_000
/** What is read again after a crash is known to be done; so the place is noted now and then. */
const saveGapMs = 1_000
const heartbeatGapMs = 60_000

/**
 * Reads the feed of events from where it was left, for as long as the signal lets it. The noted place is never beyond an
 * event that is not handled, so nothing is lost when the process dies; what is handled twice must be as if once.
 */
export class FeedReader {
  readonly #needs: FeedNeeds
  readonly #bell = new Bell()
  readonly #places: Places
  #kept: Kept<CursorNote>
  #savedAtMs: number
  /** Places that it tried to note since it last knew what is noted: one of them may be, and its answer lost. */
  readonly #tried = new Set<string>()

  private constructor(needs: FeedNeeds, kept: Kept<CursorNote>) {
    this.#needs = needs
    this.#kept = kept
    this.#places = new Places(kept.value.cursor)
    this.#savedAtMs = needs.clock.nowMs()
  }

  /** At the noted place; the first time behind everything that has happened. @throws ApiError, ApiUnreachableError */
  static async open(needs: FeedNeeds, signal: AbortSignal): Promise<FeedReader> {
    const kept = await findNote(needs, cursorNote, cursorKey)
    if (kept !== null) return new FeedReader(needs, kept)
    const { latestEventCursor: cursor } = await needs.api.execute(LatestCursor, {}, { signal })
    const none = { key: cursorKey, version: 0, value: { cursor } }
    return new FeedReader(needs, await saveNote(needs, none, none.value))
  }

  /** @throws the signal’s reason; StaleNoteError when another process reads as well */
  async run(handler: FeedHandler, signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    const either = AbortSignal.any([signal, over.signal])
    try {
      await Promise.race([this.#read(handler, either), this.#keepPlace(either)])
    } finally {
      over.abort()
    }
    signal.throwIfAborted()
  }

  /** Of what is done by now. */
  async notePlace(): Promise<void> {
    const { mark } = this.#places
    if (mark === this.#kept.value.cursor) return
    this.#tried.add(mark)
    try {
      this.#kept = await saveNote(this.#needs, this.#kept, { cursor: mark })
    } catch (error) {
      if (!(error instanceof StaleNoteError)) throw error
      this.#kept = await this.#findOwnNote(error)
      return this.notePlace()
    }
    this.#tried.clear()
    this.#savedAtMs = this.#needs.clock.nowMs()
  }

  /** What was noted by this reader itself, which has not heard that it was. */
  async #findOwnNote(stale: StaleNoteError): Promise<Kept<CursorNote>> {
    const kept = await findNote(this.#needs, cursorNote, cursorKey)
    if (kept === null || kept.version === this.#kept.version || !this.#tried.has(kept.value.cursor))
      throw stale
    return kept
  }

  async #read(handler: FeedHandler, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#needs
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        await this.#follow(handler, signal, () => {
          failures = 0
        })
      } catch (error) {
        signal.throwIfAborted()
        if (failures === 0) log.warn({ why: describe(error) }, 'the feed of events broke off')
      }
      if (!signal.aborted) await clock.sleep(Math.min(firstDelayMs * 2 ** failures, maxDelayMs), signal)
    }
  }

  async #follow(handler: FeedHandler, signal: AbortSignal, onItem: () => void): Promise<void> {
    const { api, log } = this.#needs
    for await (const { item } of api.follow(Feed, { after: this.#places.latest }, signal)) {
      onItem()
      if (item.__typename === 'Event') {
        await handler.handle(item, this.#begin(item.cursor))
        continue
      }
      if (item.__typename === 'CursorExpired') {
        log.warn(
          'the place in the feed is not known any more: all cards are brought up to date from the state',
        )
        await handler.catchUp(this.#begin(item.cursor))
        continue
      }
      this.#places.pass(item.cursor)
      if (this.#isDue()) this.#bell.ring()
    }
  }

  #begin(cursor: string): () => void {
    const done = this.#places.begin(cursor)
    return () => {
      done()
      this.#bell.ring()
    }
  }

  #isDue(): boolean {
    return this.#needs.clock.nowMs() - this.#savedAtMs >= heartbeatGapMs
  }

  async #keepPlace(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#needs
    while (!signal.aborted) {
      await this.#bell.wait(clock, Infinity, signal)
      if (signal.aborted) return
      try {
        await this.notePlace()
      } catch (error) {
        if (judge(error) !== 'later') throw error
        log.warn({ why: describe(error) }, 'the place in the feed cannot be noted now')
        this.#bell.ring()
      }
      await clock.sleep(saveGapMs, signal)
    }
  }
}
