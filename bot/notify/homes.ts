import type { BotNote } from '../records/index.ts'
import {
  type CardNote,
  cardKey,
  cardNote,
  findNote,
  type Kept,
  messageNote,
  type RecordsNeeded,
  saveNote,
  StaleNoteError,
  teamNote,
} from './notes.ts'
import { type ChannelPlace, isAt } from './place.ts'

export interface Arrival extends ChannelPlace {
  readonly shortId: string
  /** The user to tell when the channel is gone. */
  readonly requester: string | null
  /** What the thread tells of: all, what happens from now on, or from an event on. */
  readonly since: 'beginning' | 'now' | { readonly at: string }
}

/** A person of a workspace. */
export interface Requester {
  readonly team: string
  readonly userId: string
}

/** Where the notifier looks for what another process has brought to a channel. */
export const hailPrefix = 'hail/'
const hailMs = 3_600_000
/** The note of a card expires when the migration is long over: this one stays. */
const teamPrefix = 'team/'

/** Which channel each migration belongs to: its card, its thread and its alarms are there, and its commands are given there. */
export class Homes {
  readonly #records: RecordsNeeded
  readonly #listeners = new Set<(shortId: string) => void>()

  constructor(records: RecordsNeeded) {
    this.#records = records
  }

  /** Null when the migration belongs to no channel, or to one that is gone. */
  async find(shortId: string): Promise<ChannelPlace | null> {
    const card = await this.findCard(shortId)
    return card === null ? null : { team: card.value.team, channel: card.value.channel }
  }

  /** The card of the migration; null as for `find`. */
  async findCard(shortId: string): Promise<Kept<CardNote> | null> {
    const kept = await this.#findNote(shortId)
    return kept === null || kept.value.gone !== null ? null : kept
  }

  /** Whether it has ever been brought to a channel. */
  async hasHad(shortId: string): Promise<boolean> {
    return (await this.#findNote(shortId)) !== null
  }

  /** Those that somebody of a workspace has asked for, as far as they have a card. */
  async requestedBy({ team, userId }: Requester): Promise<ReadonlySet<string>> {
    const shortIds = new Set<string>()
    for await (const { key, value } of this.#records.list(cardKey(''))) {
      const note = cardNote.safeParse(value).data
      if (note?.team === team && note.requester === userId) shortIds.add(key.slice(cardKey('').length))
    }
    return shortIds
  }

  /** Those that belong to the channel, active or not. */
  async migrationsAt(place: ChannelPlace): Promise<ReadonlySet<string>> {
    const prefix = channelKey(place, '')
    const shortIds = new Set<string>()
    for await (const { key } of this.#records.list(prefix)) shortIds.add(key.slice(prefix.length))
    return shortIds
  }

  /** The workspace to which the migration belongs, for good; null when it belongs to none. */
  async teamOf(shortId: string): Promise<string | null> {
    const kept = await findNote({ records: this.#records }, teamNote, teamPrefix + shortId)
    return kept?.value.team ?? null
  }

  /** The same of all that belong to one, by their short ids. */
  async teams(): Promise<ReadonlyMap<string, string>> {
    const teams = new Map<string, string>()
    for await (const { key, value } of this.#records.list(teamPrefix)) {
      const note = teamNote.safeParse(value).data
      if (note !== undefined) teams.set(key.slice(teamPrefix.length), note.team)
    }
    return teams
  }

  /** The migration belongs to the workspace, if it has belonged to none. Resolves with whether it has not. */
  async claim(shortId: string, team: string): Promise<boolean> {
    const note = await this.#records.put(teamPrefix + shortId, { team }, { expectedVersion: 0 })
    return note !== null
  }

  /** The migration belongs to the channel from now on. @throws ApiError, ApiUnreachableError: done in part, it can be repeated */
  async moveIn(arrival: Arrival): Promise<void> {
    const { shortId } = arrival
    const records = this.#records
    await this.#putTeam(arrival, shortId)
    // Before the card, for it tells the time by the clock that events have.
    const arrived = await this.#putPlace(arrival, shortId)
    for (;;) {
      const kept = await this.#findNote(shortId)
      if (kept !== null && isAt(kept.value, arrival) && kept.value.gone === null) break
      if (kept !== null && !isAt(kept.value, arrival)) await records.delete(channelKey(kept.value, shortId))
      const card = { ...newCard(arrival, arrived.updatedAt), left: cardsLeft(kept?.value) }
      const saved = await records.put(cardKey(shortId), card, { expectedVersion: kept?.version ?? 0 })
      if (saved !== null) break
    }
    await records.put(hailPrefix + shortId, {}, { expiresInMs: hailMs })
    for (const listener of this.#listeners) listener(shortId)
  }

  /** Nothing can be posted in the channel of the card any more. @throws StaleNoteError */
  async moveOut(card: Kept<CardNote>, shortId: string, { to, code }: MoveOut): Promise<void> {
    const { value } = card
    await saveNote(
      { records: this.#records },
      card,
      to === null ? { ...value, gone: code } : { ...value, ...to, ts: null, hash: null },
    )
    await this.#records.delete(channelKey(value, shortId))
    if (to === null) return
    await this.#putTeam(to, shortId)
    await this.#putPlace(to, shortId)
  }

  /** That it belongs to the channel is forgotten by itself, unless it is brought to a channel once more. */
  async keepFor(expiresInMs: number, shortId: string, place: ChannelPlace): Promise<void> {
    await this.#records.put(channelKey(place, shortId), {}, { expiresInMs })
  }

  /** Calls the listener whenever this process has brought a migration to a channel, until what is returned is disposed. */
  onMoveIn(listener: (shortId: string) => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  #findNote(shortId: string): Promise<Kept<CardNote> | null> {
    return findNote({ records: this.#records }, cardNote, cardKey(shortId))
  }

  async #putTeam({ team }: ChannelPlace, shortId: string): Promise<void> {
    await this.#records.put(teamPrefix + shortId, { team })
  }

  async #putPlace(place: ChannelPlace, shortId: string): Promise<BotNote> {
    const key = channelKey(place, shortId)
    const note = await this.#records.put(key, {})
    if (note === null) throw new StaleNoteError(`the note ${key} is changed all the time`)
    return note
  }
}

interface MoveOut {
  /** Null: nowhere. */
  readonly to: ChannelPlace | null
  /** Why, as Slack calls it. */
  readonly code: string
}

function newCard({ team, channel, requester, since }: Arrival, now: string): CardNote {
  const message = messageNote.parse({ team, channel, at: now })
  const from = since === 'beginning' ? null : since === 'now' ? now : since.at
  return { ...message, told: '0', since: from, requester, gone: null, left: [], ended: false }
}

function cardsLeft(card: CardNote | undefined): CardNote['left'] {
  if (card === undefined) return []
  const { team, channel, ts, left } = card
  return ts === null ? left : [...left, { team, channel, ts }]
}

/** Its note at the record, for commands that ask which migrations are of a channel. */
function channelKey({ team, channel }: ChannelPlace, shortId: string): string {
  return `channel/${team}/${channel}/${shortId}`
}
