import type { App, Logger, Receiver, ReceiverEvent } from '@slack/bolt'
import { SocketModeClient } from '@slack/socket-mode'
import { setTimeout as sleep } from 'node:timers/promises'
import { BotError } from '../errors.ts'
import { aborted } from '../inbox/in-time.ts'
import { toSlackCallError } from './errors.ts'

export interface SocketSettings {
  readonly appToken: string
  readonly apiUrl: string | undefined
  readonly logger: Logger
  /** How long Slack may take. */
  readonly patience?: { readonly answerMs: number; readonly connectMs: number }
}

/** What the client tells of a delivery. */
interface Envelope {
  readonly type: string
  readonly body: Record<string, unknown>
  readonly ack: (response?: object) => Promise<void>
  readonly retry_num?: number
  readonly retry_reason?: string
}

const usualPatience = { answerMs: 10_000, connectMs: 30_000 }
const firstPauseMs = 500
const longestPauseMs = 30_000

/**
 * Slack’s deliveries over Socket Mode. Bolt’s own receiver acknowledges events before they are written down, and its
 * client, when it connects anew by itself, lets a failure of that end the process; so connecting is done here.
 */
export class SocketReceiver implements Receiver {
  readonly #client: SocketModeClient
  readonly #logger: Logger
  readonly #connectMs: number
  readonly #stopping = new AbortController()
  #running: Promise<void> | undefined

  constructor({ appToken, apiUrl, logger, patience = usualPatience }: SocketSettings) {
    this.#logger = logger
    this.#connectMs = patience.connectMs
    this.#client = new SocketModeClient({
      appToken,
      logger,
      autoReconnectEnabled: false,
      clientOptions: {
        retryConfig: { retries: 0 },
        timeout: patience.answerMs,
        ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
      },
    })
  }

  init(app: App): void {
    this.#client.on('slack_event', (envelope: Envelope) => void this.#deliver(app, envelope))
  }

  /**
   * Resolves when it is connected; also when Slack cannot be reached: it is tried until it can.
   * @throws BotError when Slack does not know the token
   */
  async start(): Promise<void> {
    const { promise: first, resolve } = Promise.withResolvers<unknown>()
    this.#running = this.#stayConnected(resolve)
    const failure = await first
    if (failure === undefined) return
    const { failure: kind, code } = toSlackCallError('apps.connections.open', failure)
    if (kind !== 'auth' && kind !== 'refused') return
    await this.stop()
    throw new BotError(
      `Slack refuses SLACK_APP_TOKEN: ${code}.`,
      'Make an app-level token (xapp-…) with the scope connections:write, and switch Socket Mode on for the app.',
      { cause: failure },
    )
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  /** Connects, and again whenever the connection ends, until it is stopped. Never rejects. */
  async #stayConnected(onFirst: (failure: unknown) => void): Promise<void> {
    const signal = this.#stopping.signal
    let pauseMs = firstPauseMs
    while (!signal.aborted) {
      const ended = new Promise<void>((resolve) => this.#client.once('disconnected', () => resolve()))
      try {
        await this.#connect(signal)
        onFirst(undefined)
        pauseMs = firstPauseMs
        await Promise.race([ended, aborted(signal)])
        if (signal.aborted) await this.#disconnect()
      } catch (error) {
        onFirst(error ?? new Error('the connection ended before it was ready'))
        if (signal.aborted) return
        this.#logger.warn(`Slack cannot be reached over Socket Mode; the next try is in ${pauseMs} ms.`)
        await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
        pauseMs = Math.min(pauseMs * 2, longestPauseMs)
      }
    }
  }

  /** @throws what kept it from connecting; what is half connected then is given up */
  async #connect(signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    const tooLate = sleep(this.#connectMs, undefined, { signal: AbortSignal.any([signal, over.signal]) })
    const connecting = this.#client.start()
    try {
      await Promise.race([
        connecting,
        tooLate.then(() => {
          throw new Error(`Slack has not answered within ${this.#connectMs} ms`)
        }),
      ])
    } catch (error) {
      // Where it is still asking for the address, it connects after that, unless it is told again.
      connecting.then(() => (signal.aborted ? this.#disconnect() : undefined)).catch(() => undefined)
      await this.#disconnect()
      throw error
    } finally {
      over.abort()
    }
  }

  async #disconnect(): Promise<void> {
    await Promise.race([this.#client.disconnect(), sleep(1000, undefined, { ref: false })])
  }

  async #deliver(app: App, { type, body, ack, retry_num, retry_reason }: Envelope): Promise<void> {
    const isEvent = type === 'events_api'
    const event: ReceiverEvent = {
      body,
      // Bolt acknowledges events before anything is done: that is put off until they are written down.
      ack: isEvent ? async () => undefined : (response) => ack(toPayload(response)),
      ...(retry_num !== undefined && { retryNum: retry_num }),
      ...(retry_reason !== undefined && { retryReason: retry_reason }),
    }
    try {
      await app.processEvent(event)
      if (isEvent) await ack()
    } catch (error) {
      this.#logger.warn('A delivery over Socket Mode was not acknowledged.', error)
    }
  }
}

function toPayload(response: unknown): object {
  return typeof response === 'object' && response !== null ? response : {}
}
