import type { LaneName } from '../slack/index.ts'
import { type CardNote, cardKey, cardNote, findNote, type Kept, messageNote, saveNote } from './notes.ts'
import type { ChannelPlace, NotifyNeeds } from './ports.ts'

type BindingNeeds = Pick<NotifyNeeds, 'records' | 'clock'>

export interface Binding extends ChannelPlace {
  readonly shortId: string
  /** The user to tell when the channel is gone. */
  readonly requester: string | null
  /** Absent: the thread tells all from the beginning. Else only what happens from now on. */
  readonly fromNow?: boolean
}

/** Where the notifier looks for what another process has bound. */
export const hailPrefix = 'hail/'
const hailMs = 3_600_000

/** The migration belongs to the channel from now on: its card, its thread and its alarms are there. */
export async function bindMigration(needs: BindingNeeds, binding: Binding): Promise<void> {
  const { team, channel, shortId } = binding
  const { records } = needs
  for (;;) {
    const kept = await findNote(needs, cardNote, cardKey(shortId))
    if (kept !== null && isAt(kept.value, binding) && kept.value.gone === null) break
    if (kept !== null) await records.delete(channelKey(kept.value, shortId))
    const value = newCard(needs, binding)
    const saved = await records.put(cardKey(shortId), value, { expectedVersion: kept?.version ?? 0 })
    if (saved !== null) break
  }
  await records.put(channelKey({ team, channel }, shortId), {})
  await records.put(hailPrefix + shortId, {}, { expiresInMs: hailMs })
}

function newCard({ clock }: Pick<NotifyNeeds, 'clock'>, binding: Binding): CardNote {
  const { team, channel, requester, fromNow = false } = binding
  const at = new Date(clock.nowMs()).toISOString()
  const message = messageNote.parse({ team, channel, at })
  return { ...message, told: '0', since: fromNow ? at : null, requester, gone: null, ended: false }
}

/** Its note at the record, for commands that ask which migrations are of a channel. */
export function channelKey({ team, channel }: ChannelPlace, shortId: string): string {
  return `channel/${team}/${channel}/${shortId}`
}

export function isAt(value: ChannelPlace, place: ChannelPlace): boolean {
  return value.team === place.team && value.channel === place.channel
}

type ChannelsNeeds = Pick<NotifyNeeds, 'records' | 'clock' | 'log' | 'outgoing' | 'defaultChannel'> & {
  /** Says that the messages of a migration are not shown any more, or where they are now. */
  readonly sayGone: (gone: GoneChannel) => { readonly text: string; readonly blocks: readonly object[] }
}

export interface GoneChannel {
  readonly shortId: string
  readonly channel: string
  /** Where its messages are now; null: nowhere. */
  readonly movedTo: string | null
}

/** Which channel a migration belongs to, and what becomes of it when that is gone. */
export class Channels {
  readonly #needs: ChannelsNeeds

  constructor(needs: ChannelsNeeds) {
    this.#needs = needs
  }

  /** The card of the migration; null when it belongs to no channel, or to one that is gone. */
  async findCard(shortId: string): Promise<Kept<CardNote> | null> {
    const kept = await findNote(this.#needs, cardNote, cardKey(shortId))
    return kept === null || kept.value.gone !== null ? null : kept
  }

  /** Binds what belongs to no channel to the default one, if there is one. */
  async bindByDefault(shortId: string): Promise<Kept<CardNote> | null> {
    const { defaultChannel } = this.#needs
    if (defaultChannel === null || (await this.#isBound(shortId))) return this.findCard(shortId)
    await bindMigration(this.#needs, { ...defaultChannel, shortId, requester: null })
    return this.findCard(shortId)
  }

  async #isBound(shortId: string): Promise<boolean> {
    return (await findNote(this.#needs, cardNote, cardKey(shortId))) !== null
  }

  /**
   * Nothing can be posted in the channel any more: what there is goes to the default channel, if there is another, and
   * whoever asked for the migration is told, once. Resolves with whether there is somewhere to post now.
   */
  async leave(shortId: string, place: ChannelPlace, code: string): Promise<boolean> {
    const { defaultChannel: other, log, clock } = this.#needs
    const kept = await this.findCard(shortId)
    if (kept === null) return false
    if (!isAt(kept.value, place)) return true
    const { team, channel } = place
    const movedTo = other === null || isAt(other, place) ? null : other
    const at = new Date(clock.nowMs()).toISOString()
    await saveNote(
      this.#needs,
      kept,
      movedTo === null
        ? { ...kept.value, gone: code }
        : { ...kept.value, ...movedTo, ts: null, hash: null, at },
    )
    log.warn({ shortId, team, channel, code, movedTo: movedTo?.channel }, 'a channel is gone for the bot')
    await this.#needs.records.delete(channelKey(place, shortId))
    if (movedTo !== null) await this.#needs.records.put(channelKey(movedTo, shortId), {})
    await this.#report(kept.value, { shortId, channel, movedTo: movedTo?.channel ?? null })
    return movedTo !== null
  }

  /** At most once: what cannot be said now is in the log. */
  async #report({ team, requester }: CardNote, gone: GoneChannel): Promise<void> {
    if (requester === null) return
    const { outgoing, sayGone, log } = this.#needs
    const lane: LaneName = 'first'
    await outgoing.direct(team, lane, requester, sayGone(gone)).catch((error: unknown) => {
      log.warn({ err: error, shortId: gone.shortId }, 'the requester cannot be told that the channel is gone')
    })
  }
}
