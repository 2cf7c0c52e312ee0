import type { ToldEvent } from './events.ts'
import type { CardNote, Kept } from './notes.ts'
import { type ChannelPlace, isAt } from './place.ts'
import type { NotifyNeeds } from './ports.ts'

type ChannelsNeeds = Pick<NotifyNeeds, 'homes' | 'log' | 'outgoing' | 'findDefaultChannel'> & {
  /** Says that the messages of a migration are not shown any more, or where they are now. */
  readonly sayGone: (gone: GoneChannel) => { readonly text: string; readonly blocks: readonly object[] }
}

export interface GoneChannel {
  readonly shortId: string
  readonly channel: string
  /** Nothing of it was ever shown there, for the bot is not in the channel. */
  readonly isUninvited: boolean
  /** Where its messages are now; null: nowhere. */
  readonly movedTo: string | null
}

/** What Slack says where the bot is not; of a private channel, that there is none. */
const uninvited: ReadonlySet<string> = new Set(['not_in_channel', 'channel_not_found'])

/** What becomes of migrations that have no channel, and of those whose channel is gone. */
export class Channels {
  readonly #needs: ChannelsNeeds

  constructor(needs: ChannelsNeeds) {
    this.#needs = needs
  }

  /** The card of the migration; null when it belongs to no channel, or to one that is gone. */
  findCard(shortId: string): Promise<Kept<CardNote> | null> {
    return this.#needs.homes.findCard(shortId)
  }

  /** The migration has ended: the channel remembers it for as long as its card is remembered. */
  keepFor(ms: number, shortId: string, place: ChannelPlace): Promise<void> {
    return this.#needs.homes.keepFor(ms, shortId, place)
  }

  /** Brings what has had no channel to the default one, if there is one. What was before the event is not told. */
  async bindByDefault(shortId: string, { at }: Pick<ToldEvent, 'at'>): Promise<Kept<CardNote> | null> {
    const { homes, findDefaultChannel } = this.#needs
    const place = await findDefaultChannel(await homes.teamOf(shortId))
    if (place === null || (await homes.hasHad(shortId))) return null
    await homes.moveIn({ ...place, shortId, requester: null, since: { at } })
    return homes.findCard(shortId)
  }

  /**
   * Nothing can be posted in the channel any more: what there is goes to the default channel, if there is another, and
   * whoever asked for the migration is told, once. Resolves with whether there is somewhere to post now.
   */
  async leave(shortId: string, place: ChannelPlace, code: string): Promise<boolean> {
    const { homes, findDefaultChannel, log } = this.#needs
    const card = await homes.findCard(shortId)
    if (card === null) return false
    if (!isAt(card.value, place)) return true
    const { team, channel } = place
    const other = await findDefaultChannel(team)
    const to = other === null || isAt(other, place) ? null : other
    await homes.moveOut(card, shortId, { to, code })
    log.warn({ shortId, team, channel, code, movedTo: to?.channel }, 'a channel is gone for the bot')
    const isUninvited = card.value.ts === null && uninvited.has(code)
    await this.#report(card.value, { shortId, channel, isUninvited, movedTo: to?.channel ?? null })
    return to !== null
  }

  /** At most once: what cannot be said now is in the log. */
  async #report({ team, requester }: CardNote, gone: GoneChannel): Promise<void> {
    if (requester === null) return
    const { outgoing, sayGone, log } = this.#needs
    await outgoing.direct(team, 'first', requester, sayGone(gone)).catch((error: unknown) => {
      log.warn({ err: error, shortId: gone.shortId }, 'the requester cannot be told that the channel is gone')
    })
  }
}
