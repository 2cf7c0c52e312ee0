import { graphql } from '../client/index.ts'
import { Announcer, type Saying } from './announcer.ts'
import { Channels } from './channels.ts'
import { Content } from './content/index.ts'
import { type CardOf, CardKeeper, openCards, type Urgency } from './card-keeper.ts'
import { announcementsOf, isUrgent, payloadText, subjectOf } from './events.ts'
import { type FeedEvent, FeedReader } from './feed.ts'
import { hailPrefix } from './homes.ts'
import { Lines } from './lines.ts'
import { Messages } from './messages.ts'
import type { CardNote, Kept } from './notes.ts'
import { Persistence } from './persistence.ts'
import type { Mandate, NotifyNeeds } from './ports.ts'

const Self = graphql(`
  query Self {
    me {
      token {
        name
      }
    }
  }
`)

/** Another process may have bound a migration that this one should show. */
const hailEveryMs = 3_000

/**
 * Tells people what happens, for as long as this process is the one that does. Each channel has a line of its own for what
 * must be seen at once, in the order of the feed, and each migration a keeper of its card for what may wait: so nothing that is held
 * up holds up anything else.
 *
 * What survives a crash, and why it is enough: the log of events itself is the list of what is left to say. The noted
 * place in the feed stays before the first event that is not announced, the note of a card says up to which event its
 * thread tells, and the note of each message what it says. So after a crash the feed is read once more from a little
 * before, and what was said already is recognised by its note.
 */
export class Office {
  readonly #needs: NotifyNeeds
  readonly #mandate: Mandate
  readonly #persistence: Persistence
  readonly #content: Content
  readonly #channels: Channels
  readonly #messages: Messages
  readonly #announcer: Announcer
  readonly #keepers = new Map<string, CardKeeper>()
  readonly #lines = new Lines()
  readonly #running = new Set<Promise<void>>()
  readonly #welcomed = new Set<string>()
  #ownName: string | undefined

  constructor(needs: NotifyNeeds, mandate: Mandate) {
    this.#needs = needs
    this.#mandate = mandate
    this.#persistence = new Persistence(needs)
    this.#content = new Content(needs)
    this.#channels = new Channels({ ...needs, sayGone: (gone) => this.#content.channelGone(gone) })
    this.#messages = new Messages({ ...needs, mandate })
    const { content, channels, messages } = {
      content: this.#content,
      channels: this.#channels,
      messages: this.#messages,
    }
    this.#announcer = new Announcer({ ...needs, messages, channels, content })
  }

  /** @throws the signal’s reason; what keeps the feed from being read at all */
  async run(): Promise<void> {
    const { signal } = this.#mandate
    const { me } = await this.#needs.api.execute(Self, {}, { signal })
    this.#ownName = me.token.name
    const reader = await FeedReader.open(this.#needs, signal)
    for await (const card of openCards(this.#needs)) this.#openKeeper(card)
    try {
      await Promise.race([
        reader.run(
          {
            handle: (event, finish) => this.#handle(event, finish),
            catchUp: (finish) => this.#catchUp(finish),
          },
          signal,
        ),
        this.#attendHails(),
      ])
    } finally {
      // When it is the feed that fails, the keepers end with the mandate, which is given up because this rejects.
      if (signal.aborted) await Promise.allSettled(this.#running)
      await reader.notePlace().catch(ignore)
    }
  }

  /** The migration was brought to a channel: its card is posted, and what there is to say is said. */
  async welcome(shortId: string): Promise<void> {
    if (this.#welcomed.has(shortId)) return
    const { records } = this.#needs
    this.#welcomed.add(shortId)
    try {
      const hail = await records.find(hailPrefix + shortId)
      await this.#sayByState(shortId, 'urgent')
      if (hail !== null) await records.delete(hail.key, hail.version)
    } finally {
      this.#welcomed.delete(shortId)
    }
  }

  async #show(shortId: string): Promise<void> {
    const card = await this.#channels.findCard(shortId)
    if (card !== null) this.#openKeeper({ shortId, team: card.value.team }).ring('urgent')
  }

  async #handle(event: FeedEvent, finish: () => void): Promise<void> {
    const shortId = event.migration?.shortId ?? payloadText(event, 'shortId')
    // People wait for it: it need not wait for anything else.
    const urgency = isUrgent(event) ? 'urgent' : 'may wait'
    if (shortId !== undefined) this.#keepers.get(shortId)?.ring(urgency)
    const card = shortId === undefined ? null : await this.#cardFor(shortId, event)
    if (shortId === undefined || card === null) return finish()
    if (!this.#keepers.has(shortId)) this.#openKeeper({ shortId, team: card.value.team }).ring(urgency)
    const said = announcementsOf(event).map((announcement) =>
      this.#say({ card, shortId, announcement, event }),
    )
    this.#keep(Promise.all(said).then(() => finish()))
  }

  /** Null when the migration belongs to no channel. */
  async #cardFor(shortId: string, event: FeedEvent): Promise<Kept<CardNote> | null> {
    const { signal } = this.#mandate
    const endeavour = { team: '', what: `finding the channel of ${shortId}` }
    const find = async () => {
      const card = await this.#channels.findCard(shortId)
      if (card !== null || this.#isAboutToBeBound(event)) return card
      return event.migration === null ? null : this.#channels.bindByDefault(shortId, event)
    }
    return (await this.#persistence.insist(endeavour, find, signal)) ?? null
  }

  /** Who creates a migration in a channel binds it to that right afterwards. */
  #isAboutToBeBound({ type, actor }: FeedEvent): boolean {
    return type === 'MIGRATION_CREATED' && actor.name === this.#ownName && actor.onBehalfOf !== null
  }

  #openKeeper(of: CardOf): CardKeeper {
    const { shortId } = of
    const known = this.#keepers.get(shortId)
    if (known !== undefined) return known
    const { persistence, content, channels, messages, mandate } = {
      persistence: this.#persistence,
      content: this.#content,
      channels: this.#channels,
      messages: this.#messages,
      mandate: this.#mandate,
    }
    const keeper = new CardKeeper({ ...this.#needs, persistence, content, channels, messages, mandate }, of)
    this.#keepers.set(shortId, keeper)
    this.#keep(
      keeper
        .run(this.#mandate.signal)
        .finally(() => this.#keepers.delete(shortId))
        .then(async () => {
          // It was rung while it was closing.
          if (keeper.isRung) await this.#show(shortId)
        }),
    )
    return keeper
  }

  /**
   * What is new in a channel comes as things have happened, one after another; a message that is there is changed
   * without waiting for that. Resolves when it is said.
   */
  async #say(saying: Saying): Promise<void> {
    const { card, shortId, announcement } = saying
    const { team, channel } = card.value
    const { promise: isSaid, resolve: leave } = Promise.withResolvers<void>()
    const { promise: isPosted, resolve: goOn } = Promise.withResolvers<void>()
    const sameIsSaid = this.#lines.join(`${shortId}/${subjectOf(announcement)}`, isSaid)
    const turn = this.#lines.join(`${team}/${channel}`, isPosted)
    const endeavour = { team, what: `${announcement.kind} of ${shortId}` }
    try {
      await sameIsSaid
      const say = () => this.#announcer.say(saying, { turn, goOn })
      await this.#persistence.insist(endeavour, say, this.#mandate.signal)
    } finally {
      goOn()
      leave()
    }
  }

  /** Work that goes on beside the feed. What fails in it for good is logged where it fails. */
  #keep(work: Promise<void>): void {
    const kept: Promise<void> = work.catch((error: unknown) => {
      if (!this.#mandate.signal.aborted)
        this.#needs.log.error({ err: error }, 'a part of the notifier has failed')
    })
    this.#running.add(kept)
    void kept.then(() => this.#running.delete(kept))
  }

  /** All that could have been said by events that nobody has seen. */
  async #catchUp(finish: () => void): Promise<void> {
    const shortIds: string[] = []
    for await (const { shortId } of openCards(this.#needs)) shortIds.push(shortId)
    this.#keep(
      Promise.all(shortIds.map((shortId) => this.#sayByState(shortId, 'may wait'))).then(() => finish()),
    )
  }

  /** Resolves when it is said. */
  async #sayByState(shortId: string, urgency: Urgency): Promise<void> {
    const card = await this.#channels.findCard(shortId)
    if (card === null) return
    const { team } = card.value
    this.#openKeeper({ shortId, team }).ring(urgency)
    const read = () => this.#content.openMatters(shortId)
    const endeavour = { team, what: `finding what there is to say of ${shortId}` }
    const matters = await this.#persistence.insist(endeavour, read, this.#mandate.signal)
    await Promise.all((matters ?? []).map((announcement) => this.#say({ card, shortId, announcement })))
  }

  async #attendHails(): Promise<void> {
    const { records, clock, log } = this.#needs
    const { signal } = this.#mandate
    for (;;) {
      try {
        for await (const { key } of records.list(hailPrefix))
          this.#keep(this.welcome(key.slice(hailPrefix.length)))
      } catch (error) {
        signal.throwIfAborted()
        log.warn({ err: error }, 'what was bound elsewhere cannot be looked for now')
      }
      await clock.sleep(hailEveryMs, signal)
    }
  }
}

function ignore(): void {
  // Said where it failed.
}
