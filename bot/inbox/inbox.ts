import { createHash } from 'node:crypto'
import { z } from 'zod'
import {
  type BotNote,
  keepLease,
  leaseMs,
  type NoteToPut,
  type Records,
  type Seal,
} from '../records/index.ts'
import type { Clock, Delivery } from '../slack/index.ts'

export interface InboxNeeds {
  readonly records: Records
  readonly seal: Seal
  readonly clock: Clock
  /** Aborted when the bot stops. */
  readonly stopping: AbortSignal
}

/** A delivery that is this process’s to do. */
export interface TakenDelivery {
  readonly delivery: Delivery
  /** How often it was begun before. */
  readonly attempts: number
}

const dayMs = 86_400_000
/** Slack repeats what it believes to be lost within minutes. */
const rememberDoneMs = 3_600_000
/** Two clicks on the same thing within this time are one click of a nervous hand. */
const doubleClickMs = 2_000

const entry = z.discriminatedUnion('state', [
  z.object({ state: z.literal('waiting'), sealed: z.string(), attempts: z.int() }),
  z.object({ state: z.literal('done') }),
])

type WaitingEntry = Extract<z.infer<typeof entry>, { state: 'waiting' }>

/**
 * What came from Slack and must be done once. It is written down, encrypted, before it is acknowledged; when the process
 * dies before it is done, the next one takes it up, under the same idempotency key.
 * @throws ApiError, ApiUnreachableError, from every method
 */
export class Inbox {
  readonly #needs: InboxNeeds
  readonly #records: Records
  readonly #seal: Seal
  /** What this process does, by the keys of the deliveries; aborted when it is done. */
  readonly #underWay = new Map<string, AbortController>()

  constructor(needs: InboxNeeds) {
    this.#needs = needs
    this.#records = needs.records
    this.#seal = needs.seal
  }

  /**
   * Writes a delivery down. Resolves with undefined when it is nothing to do: it is being done, was done, or is the second
   * click of a double one. What was here before, and nobody does, comes with the number of the attempt.
   */
  async take(delivery: Delivery, signal: AbortSignal): Promise<TakenDelivery | undefined> {
    const { key } = delivery
    if (this.#underWay.has(key)) return undefined
    const value = { state: 'waiting', sealed: this.#seal.close(delivery, key), attempts: 0 }
    const waiting = { key: keyOf(key), value, expectedVersion: 0, expiresInMs: dayMs }
    const { written, leased, isDoubleClick } = await this.#write(delivery, waiting, signal)
    if (leased === null) return undefined
    if (written === null) return this.#takeOver(key, leased, signal)
    if (isDoubleClick) {
      await this.finish(delivery)
      return undefined
    }
    this.#hold(key, leased)
    return { delivery, attempts: 0 }
  }

  /** Nothing of what was done is kept, but that it was. */
  async finish({ key }: Delivery): Promise<void> {
    try {
      await this.#records.put(keyOf(key), { state: 'done' }, { expiresInMs: rememberDoneMs })
    } finally {
      await this.#letGo(key)
    }
  }

  /** Gives a delivery back, to be done later by any process. */
  async release({ key }: Delivery): Promise<void> {
    await this.#letGo(key)
  }

  /** The same of what could not even be begun: it does not count as an attempt. */
  async postpone(delivery: Delivery): Promise<void> {
    const { key } = delivery
    try {
      const note = await this.#records.find(keyOf(key))
      const waiting = note === null ? undefined : waitingOf(note)
      if (note === null || waiting === undefined || waiting.attempts === 0) return
      const options = { expectedVersion: note.version, expiresInMs: dayMs }
      await this.#records.put(note.key, { ...waiting, attempts: waiting.attempts - 1 }, options)
    } finally {
      await this.#letGo(key)
    }
  }

  /** As if it had never come, so that the person can do it once more. */
  async forget(delivery: Delivery): Promise<void> {
    await this.#records.delete(keyOf(delivery.key))
    await this.#letGo(delivery.key)
  }

  /** What was begun, or only written down, by processes that do not do it any more. */
  async *takeAbandoned(signal: AbortSignal): AsyncGenerator<TakenDelivery> {
    for await (const note of this.#records.list('inbox/', signal)) {
      if (waitingOf(note) === undefined) continue
      const key = note.key.slice('inbox/'.length)
      if (this.#underWay.has(key)) continue
      const leased = await this.#lease(key, signal)
      const taken = leased === null ? undefined : await this.#takeOver(key, leased, signal)
      if (taken !== undefined) yield taken
    }
  }

  /** Read again: who had the lease may have finished it since it was seen. */
  async #takeOver(key: string, leased: BotNote, signal: AbortSignal): Promise<TakenDelivery | undefined> {
    const note = await this.#records.find(keyOf(key), signal)
    const waiting = note === null ? undefined : waitingOf(note)
    const delivery = waiting === undefined ? undefined : this.#open(waiting, key)
    if (waiting === undefined || delivery === undefined) {
      await this.#records.delete(leased.key, leased.version)
      return undefined
    }
    const attempts = waiting.attempts + 1
    await this.#records.put(keyOf(key), { ...waiting, attempts }, { expiresInMs: dayMs, signal })
    this.#hold(key, leased)
    return { delivery, attempts }
  }

  #open({ sealed }: WaitingEntry, key: string): Delivery | undefined {
    try {
      const opened = this.#seal.open(sealed, key)
      return isDelivery(opened, key) ? opened : undefined
    } catch {
      // Of another secret key: nobody can do it any more, and it goes when it expires.
      return undefined
    }
  }

  async #lease(key: string, signal: AbortSignal): Promise<BotNote | null> {
    const { key: lease, value, ...options } = leaseToPut(key)
    return this.#records.put(lease, value, { ...options, signal })
  }

  #hold(key: string, leased: BotNote): void {
    const over = new AbortController()
    this.#underWay.set(key, over)
    void keepLease(this.#needs, leased, AbortSignal.any([over.signal, this.#needs.stopping]))
  }

  async #letGo(key: string): Promise<void> {
    this.#underWay.get(key)?.abort()
    this.#underWay.delete(key)
    await this.#records.delete(leaseOf(key))
  }

  /**
   * All with one request, and a click before it is noted that there was one: the process may die at any moment, and what is
   * not written down must not make a double click of the same when it comes again.
   */
  async #write(delivery: Delivery, waiting: NoteToPut, signal: AbortSignal): Promise<Written> {
    const lease = leaseToPut(delivery.key)
    const click = clickToPut(delivery)
    if (click === undefined) {
      const [written, leased] = await this.#records.putTwo(waiting, lease, signal)
      return { written, leased, isDoubleClick: false }
    }
    const [written, leased, first] = await this.#records.putThree([waiting, lease, click], signal)
    return { written, leased, isDoubleClick: first === null }
  }
}

interface Written {
  readonly written: BotNote | null
  readonly leased: BotNote | null
  readonly isDoubleClick: boolean
}

function keyOf(key: string): string {
  return `inbox/${key}`
}

function leaseOf(key: string): string {
  return `lease/inbox/${key}`
}

function leaseToPut(key: string): NoteToPut {
  return { key: leaseOf(key), value: {}, expectedVersion: 0, expiresInMs: leaseMs }
}

/** Undefined where each is meant: of what is typed, and of clicks in modals and in the Home of the app. */
function clickToPut(delivery: Delivery): NoteToPut | undefined {
  if (delivery.kind !== 'action' || delivery.messageTs === null) return undefined
  const { workspaceId, channelId, messageTs, userId, actionId, blockId, value } = delivery
  const about = [workspaceId, channelId, messageTs, userId, actionId, blockId, value ?? '']
  return { key: `click/${hashOf(about)}`, value: {}, expectedVersion: 0, expiresInMs: doubleClickMs }
}

function waitingOf(note: BotNote): WaitingEntry | undefined {
  const value = entry.safeParse(note.value).data
  return value?.state === 'waiting' ? value : undefined
}

/** What this bot has sealed under the key is what it says. */
function isDelivery(opened: unknown, key: string): opened is Delivery {
  return typeof opened === 'object' && opened !== null && 'key' in opened && opened.key === key
}

function hashOf(parts: readonly (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40)
}
