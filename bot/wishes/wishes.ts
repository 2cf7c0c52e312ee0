import { describe } from '../errors.ts'
import { refusalOf } from '../inbox/replies.ts'
import { createTurn, tell, type TurnNeeds } from '../inbox/turns.ts'
import { isStranger, type People } from '../people/index.ts'
import { type BotNote, keepLease, leaseMs, type Records } from '../records/index.ts'
import type { Clock } from '../slack/index.ts'
import { notice } from '../views/index.ts'
import { fulfil } from './fulfil.ts'
import { type Wish, wish, wishPrefix } from './wish.ts'

export interface WishesNeeds extends TurnNeeds {
  readonly records: Records
  readonly people: People
  readonly clock: Clock
}

/** Between verify and the start that it was for, a person sees nothing happen. */
const lookEveryMs = 1_000
const lookWhenNoneMs = 3_000

/**
 * Starts what people have asked to be started as soon as verify has passed. Any process of the bot does, also after a
 * restart; what is done twice has the same idempotency key.
 */
export class Wishes {
  readonly #needs: WishesNeeds
  /** What this process looks at: Slack may make one of them wait for minutes. */
  readonly #underWay = new Map<string, Promise<void>>()

  constructor(needs: WishesNeeds) {
    this.#needs = needs
  }

  /** Until the bot stops. Never rejects. */
  async run(): Promise<void> {
    const { clock, stopping, log } = this.#needs
    while (!stopping.aborted) {
      let waiting = 0
      try {
        waiting = await this.#lookAtAll()
      } catch (error) {
        if (!stopping.aborted) log.warn({ error: describe(error) }, 'wished-for starts cannot be read')
      }
      await clock.sleep(waiting > 0 ? lookEveryMs : lookWhenNoneMs, stopping).catch(() => undefined)
    }
    await Promise.all(this.#underWay.values())
  }

  /** Resolves with how many there are still. */
  async #lookAtAll(): Promise<number> {
    const { records, stopping } = this.#needs
    let waiting = 0
    for await (const note of records.list(wishPrefix, stopping)) {
      waiting += 1
      if (this.#underWay.has(note.key)) continue
      const looking = this.#lookAt(note).finally(() => this.#underWay.delete(note.key))
      this.#underWay.set(note.key, looking)
    }
    return waiting
  }

  /** Never rejects. */
  async #lookAt(note: BotNote): Promise<void> {
    const { stopping, log } = this.#needs
    try {
      await this.#lookAlone(note)
    } catch (error) {
      if (!stopping.aborted) log.warn({ wish: note.key, error: describe(error) }, 'a start has to wait')
    }
  }

  async #lookAlone({ key }: BotNote): Promise<void> {
    const { records, stopping } = this.#needs
    const lease = `lease/${key}`
    const leased = await records.put(lease, {}, { expectedVersion: 0, expiresInMs: leaseMs })
    if (leased === null) return
    const over = new AbortController()
    void keepLease(this.#needs, leased, AbortSignal.any([over.signal, stopping]))
    try {
      // Read again: who had the lease may have fulfilled it since it was listed.
      const note = await records.find(key, stopping)
      if (note === null) return
      const read = wish.safeParse(note.value).data
      const isOver = read === undefined || (await this.#fulfil(key.slice(wishPrefix.length), read)) === 'over'
      if (isOver) await records.delete(key, note.version)
    } finally {
      over.abort()
      await records.delete(lease)
    }
  }

  /** In the name of the person, with the role that they have now. */
  async #fulfil(shortId: string, asked: Wish): Promise<'over' | 'not yet'> {
    const { team, userId, channel, startAt, key, until } = asked
    const { people, clock } = this.#needs
    const person = await people.find(team, userId)
    const delivery = {
      kind: 'command',
      key: `${key}/begin`,
      workspaceId: team,
      userId,
      channelId: channel,
      triggerId: null,
      responseUrl: null,
      command: '',
      text: '',
    } as const
    if (isStranger(person)) {
      const text = `${shortId} does not start by itself any more. ${refusalOf(person)}`
      await tell(this.#needs, delivery, team, notice(text))
      return 'over'
    }
    const turn = createTurn(this.#needs, { delivery, workspaceId: team, person, isLate: true })
    const fulfilled = await fulfil(turn, shortId, startAt)
    if (fulfilled === 'over' || Date.parse(until) > clock.nowMs()) return fulfilled
    await turn.tell(
      notice(
        `${shortId} was to start when verify has passed, which took too long: it does not start by itself any more. ` +
          `When it is ready, /migrate start ${shortId} starts it.`,
      ),
    )
    return 'over'
  }
}
