import { readVersionNum } from '../catalog/version.ts'
import { connect, type ConnectionSettings, toSessionError } from '../endpoint/index.ts'
import { GodwitError } from '../errors.ts'
import { claimSlot, type SlotClaim } from './claim-slot.ts'
import type { ExpectedSystem } from './identify-system.ts'
import type { Lsn } from './lsn.ts'
import { type MessageChunk, MessageQueue } from './message-queue.ts'
import { ReadGate } from './read-gate.ts'
import { encodeStandbyStatus } from './standby-status.ts'
import { toStreamError } from './stream-error.ts'
import { startTransport, type Transport, type TransportHandlers } from './transport.ts'

export interface ChangeStreamRequest extends SlotClaim {
  readonly source: ConnectionSettings
  readonly expected: ExpectedSystem
  /**
   * Called when a session is open and before it takes the slot, which ends whoever has it. Throws when the caller is
   * not the owner any more. Absent: there is only one.
   */
  readonly assertOwner?: () => Promise<void>
  /** What may wait to be taken before reading stops. */
  readonly maxQueuedBytes?: number
}

const defaultMaxQueuedBytes = 32 * 1024 * 1024
const statusIntervalMs = 1_000
/**
 * Long enough that nothing here takes as long. Without any, the source would make a system call more for each message;
 * and while it decodes a large transaction of which nothing is published, it listens only when half of it has passed.
 * Since 12 a client may set it for itself.
 * @see https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-WAL-SENDER-TIMEOUT
 */
const walSenderTimeout = '4min'
/** The source answers each status, if it listens at all; after so long without a byte it counts as gone. */
const silenceMs = 10 * 60_000
/** Reads shorter than this are gathered, where the reader allows it. */
const shortReadBytes = 32 * 1024
const gatherMs = 1

/**
 * Starts streaming from a slot. The stream goes on until it is disposed of, `signal` is aborted, or it fails.
 * @throws GodwitError SLOT_LOST, SLOT_IN_USE, SOURCE_REPLACED, ENDPOINT_…, CONNECTION_LOST
 */
export async function openChangeStream(
  request: ChangeStreamRequest,
  signal: AbortSignal,
): Promise<ChangeStream> {
  try {
    const versionNum = await prepareSlot(request, signal)
    const options = {
      purpose: 'stream',
      replication: true,
      settings: versionNum >= 120000 ? { wal_sender_timeout: walSenderTimeout } : {},
    }
    await using opening = new AsyncDisposableStack()
    const session = opening.use(await connect(request.source, options, signal))
    await request.assertOwner?.()
    const stream = new ChangeStream(request)
    stream.attach(await startTransport({ ...request, session }, stream.handlers))
    opening.move()
    return stream
  } catch (error) {
    signal.throwIfAborted()
    throw toStreamError(error, request.slotName)
  }
}

async function prepareSlot(request: ChangeStreamRequest, signal: AbortSignal): Promise<number> {
  await using session = await connect(request.source, { purpose: 'claim slot' }, signal)
  await request.assertOwner?.()
  try {
    await claimSlot(session, request, signal)
    return await readVersionNum(session)
  } catch (error) {
    throw toSessionError(error, `Looking at slot ${request.slotName}`)
  }
}

/**
 * The messages of a slot in their order, and what is acknowledged of them. Whoever takes messages may be as slow as
 * they like: only so many bytes wait here, and the source hears from this side all the while.
 */
export class ChangeStream implements AsyncDisposable {
  /**
   * Set while what arrives has to wait anyway: small reads, of which the source makes one a message, are then
   * gathered for a millisecond into a large one, which costs a fraction of the time.
   */
  gathersReads = false

  readonly #slotName: string
  readonly #maxQueuedBytes: number
  readonly #queue = new MessageQueue()
  #transport: Transport | undefined
  #gate: ReadGate | undefined
  #ticker: NodeJS.Timeout | undefined
  #failure: GodwitError | undefined
  #news: PromiseWithResolvers<void> | undefined
  #walEnd: Lsn
  #flushed: Lsn
  #replyWanted = false
  #lastHeardMs = performance.now()

  constructor(request: ChangeStreamRequest) {
    this.#slotName = request.slotName
    this.#maxQueuedBytes = request.maxQueuedBytes ?? defaultMaxQueuedBytes
    this.#walEnd = request.startLsn
    this.#flushed = request.startLsn
  }

  readonly handlers: TransportHandlers = {
    onMessage: (message) => {
      this.#queue.append(message)
      if (this.#queue.sizeBytes > this.#maxQueuedBytes) this.#gate?.hold('full')
      this.#ring()
    },
    onKeepalive: (walEnd, replyRequested) => {
      if (walEnd > this.#walEnd) this.#walEnd = walEnd
      if (replyRequested) {
        this.#replyWanted = true
        this.#sendStatus()
      }
      this.#ring()
    },
    onEnd: (error) => {
      this.#failure ??= toStreamError(error, this.#slotName)
      this.#ring()
    },
  }

  /** To be called once, with the connection that calls the handlers. */
  attach(transport: Transport): void {
    this.#transport = transport
    this.#gate = new ReadGate(transport.socket)
    transport.socket.on('data', (read: Buffer) => this.#onRead(read))
    this.#sendStatus()
    this.#ticker = setInterval(() => this.#tick(), statusIntervalMs)
  }

  /** Everything that was committed before it and is in the publication has been put into the queue. */
  get walEnd(): Lsn {
    return this.#walEnd
  }

  /** Whether the source waits to hear that everything is durable, as it does before it shuts down. */
  get replyWanted(): boolean {
    return this.#replyWanted
  }

  /** Messages that wait; undefined when there are none. */
  take(): MessageChunk | undefined {
    const chunk = this.#queue.take()
    if (this.#queue.sizeBytes < this.#maxQueuedBytes / 2) this.#gate?.release('full')
    return chunk
  }

  /**
   * Resolves when messages wait, or a keepalive or a second has passed.
   * @throws GodwitError of what ended the stream, when no message waits any more
   */
  async wait(): Promise<void> {
    if (this.#queue.sizeBytes > 0) return
    if (this.#failure === undefined) await (this.#news ??= Promise.withResolvers<void>()).promise
    if (this.#queue.sizeBytes === 0 && this.#failure !== undefined) throw this.#failure
  }

  /** Lets `wait` resolve: whoever takes messages has something else to look at. */
  wakeUp(): void {
    this.#ring()
  }

  /** Says that everything up to here is durable on the target, so that the source may forget it. */
  acknowledge(lsn: Lsn): void {
    if (lsn > this.#flushed) this.#flushed = lsn
    if (!this.#replyWanted || this.#flushed < this.#walEnd) return
    this.#replyWanted = false
    this.#sendStatus()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#ticker)
    if (this.#failure === undefined) this.#sendStatus()
    await this.#transport?.[Symbol.asyncDispose]()
  }

  #onRead(read: Buffer): void {
    this.#lastHeardMs = performance.now()
    if (!this.gathersReads || read.length >= shortReadBytes) return
    this.#gate?.hold('gather')
    setTimeout(() => this.#gate?.release('gather'), gatherMs)
  }

  #tick(): void {
    // What is not read cannot be heard.
    if (this.#gate?.isHeld === true) this.#lastHeardMs = performance.now()
    const silentMs = performance.now() - this.#lastHeardMs
    if (silentMs > silenceMs) {
      const message = `The source has sent nothing for ${Math.round(silentMs / 1000)} s, not even an answer.`
      this.handlers.onEnd(new GodwitError('CONNECTION_LOST', message))
    }
    // The answer tells how far the source has looked, also while that is nothing for this database.
    this.#sendStatus({ requestReply: true })
    this.#ring()
  }

  #sendStatus({ requestReply } = { requestReply: false }): void {
    const socket = this.#transport?.socket
    if (socket?.writable !== true) return
    const written = this.#walEnd > this.#flushed ? this.#walEnd : this.#flushed
    socket.write(encodeStandbyStatus({ written, flushed: this.#flushed, requestReply }))
  }

  #ring(): void {
    this.#news?.resolve()
    this.#news = undefined
  }
}
