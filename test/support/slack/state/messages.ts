import type { SlackClock } from '../clock.ts'
import { copyOf, type JsonObject } from '../json.ts'
import type { Changes } from './changes.ts'
import type { Message, UploadedFile } from './model.ts'

export interface NewMessage {
  readonly workspaceId: string
  readonly channelId: string
  readonly userId: string
  readonly botId?: string
  readonly text: string
  readonly blocks?: readonly JsonObject[]
  readonly attachments?: readonly JsonObject[]
  readonly metadata?: JsonObject
  readonly threadTs?: string
  readonly broadcast?: boolean
  readonly ephemeralTo?: string
  readonly files?: readonly UploadedFile[]
}

export type MessageChange = Partial<
  Pick<Message, 'text' | 'blocks' | 'attachments' | 'metadata' | 'reactions'>
>

/** The messages of all channels, in the order in which they were posted. */
export class Messages {
  readonly #clock: SlackClock
  readonly #changes: Changes
  readonly #byKey = new Map<string, Message>()
  #lastMicros = 0

  constructor(clock: SlackClock, changes: Changes) {
    this.#clock = clock
    this.#changes = changes
  }

  post(message: NewMessage): Message {
    const { blocks = [], attachments = [], broadcast = false, files = [], ...rest } = message
    const posted: Message = {
      ...rest,
      ts: this.#nextTs(),
      blocks,
      attachments,
      broadcast,
      files,
      reactions: [],
      edits: 0,
    }
    this.#byKey.set(key(posted.channelId, posted.ts), posted)
    this.#changes.announce()
    return copyOf(posted)
  }

  find(channelId: string, ts: string): Message | undefined {
    return copyOf(this.#byKey.get(key(channelId, ts)))
  }

  change(channelId: string, ts: string, change: MessageChange): Message | undefined {
    const message = this.#byKey.get(key(channelId, ts))
    if (message === undefined) return undefined
    Object.assign(message, change)
    if (change.reactions === undefined) message.edits += 1
    this.#changes.announce()
    return copyOf(message)
  }

  delete(channelId: string, ts: string): boolean {
    const deleted = this.#byKey.delete(key(channelId, ts))
    this.#changes.announce()
    return deleted
  }

  /** The oldest first. */
  list(matches: (message: Message) => boolean): Message[] {
    return copyOf([...this.#byKey.values()].filter(matches))
  }

  latest(matches: (message: Message) => boolean): Message | undefined {
    return copyOf([...this.#byKey.values()].findLast(matches))
  }

  /** Never the same twice, and never earlier than the one before. */
  #nextTs(): string {
    this.#lastMicros = Math.max(this.#lastMicros + 1, Math.floor(this.#clock.nowMs() * 1000))
    const digits = String(this.#lastMicros)
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`
  }
}

function key(channelId: string, ts: string): string {
  return `${channelId} ${ts}`
}
