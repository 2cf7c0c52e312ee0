import { describe } from '../errors.ts'
import { createTurn, type TurnNeeds } from '../inbox/turns.ts'
import { isStranger, type People } from '../people/index.ts'
import type { BotNote, Records } from '../records/index.ts'
import type { Clock } from '../slack/index.ts'
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
/** Of who has died while fulfilling one, it is taken over after this time. */
const leaseMs = 15_000

/**
 * Starts what people have asked to be started as soon as verify has passed. Any process of the bot does, also after a
 * restart; what is done twice has the same idempotency key.
 */
export class Wishes {
  readonly #needs: WishesNeeds

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
  }

  /** Resolves with how many there are still. */
  async #lookAtAll(): Promise<number> {
    const { records, stopping, log } = this.#needs
    let waiting = 0
    for await (const note of records.list(wishPrefix, stopping)) {
      waiting += 1
      try {
        await this.#lookAt(note)
      } catch (error) {
        if (!stopping.aborted) log.warn({ wish: note.key, error: describe(error) }, 'a start has to wait')
      }
    }
    return waiting
  }

  async #lookAt({ key, value, version }: BotNote): Promise<void> {
    const { records } = this.#needs
    const lease = `lease/${key}`
    const isMine = await records.put(lease, {}, { expectedVersion: 0, expiresInMs: leaseMs })
    if (isMine === null) return
    try {
      const read = wish.safeParse(value).data
      const isOver = read === undefined || (await this.#fulfil(key.slice(wishPrefix.length), read)) === 'over'
      if (isOver) await records.delete(key, version)
    } finally {
      await records.delete(lease)
    }
  }

  /** In the name of the person, with the role that they have now. */
  async #fulfil(shortId: string, { team, userId, channel, startAt, key }: Wish): Promise<'over' | 'not yet'> {
    const person = await this.#needs.people.find(team, userId)
    if (isStranger(person)) return 'over'
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
    const turn = createTurn(this.#needs, { delivery, workspaceId: team, person, isLate: true })
    return fulfil(turn, shortId, startAt)
  }
}
