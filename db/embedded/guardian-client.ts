import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { GodwitError } from '../../engine/index.ts'
import {
  type GuardianMessage,
  type GuardianOrder,
  type OwnerMessage,
  type ReadyServer,
  type ShutdownMode,
  guardianMessage,
} from './guardian-protocol.ts'
import { layoutOf } from './layout.ts'
import { endPostmaster } from './orphan.ts'
import { programEnvironment } from './run-program.ts'

/** The owner's end of the conversation with the guardian process of one server. */
export class GuardianClient {
  readonly home: string
  readonly pid: number | undefined
  /** Resolves when the guardian has ended: with nothing when it was told to, otherwise with the reason. */
  readonly ended: Promise<GodwitError | undefined>
  readonly #child: ChildProcess
  readonly #ready = Promise.withResolvers<ReadyServer>()
  #lastWord: GuardianMessage | undefined
  #postmasterPid: number | undefined
  #isStopAsked = false

  /** Spawns the guardian and gives it its order. */
  static async spawn(order: GuardianOrder): Promise<GuardianClient> {
    await using log = await open(layoutOf(order.home).logFile, 'a', 0o600)
    const child = spawn(process.execPath, [fileURLToPath(new URL('./guardian.ts', import.meta.url))], {
      cwd: '/',
      env: programEnvironment(),
      // A session of its own: Ctrl-C in the terminal of the owner must not reach the server.
      detached: true,
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
    })
    return new GuardianClient(child, order)
  }

  private constructor(child: ChildProcess, order: GuardianOrder) {
    this.home = order.home
    this.pid = child.pid
    this.#child = child
    this.#ready.promise.catch(() => undefined)
    child.on('message', (raw) => this.#hear(guardianMessage.parse(raw)))
    this.ended = this.#followToEnd()
    this.#tell({ type: 'start', order })
  }

  /** Resolves when the server accepts connections. From then on it does not keep this process alive. */
  async waitUntilReady(signal?: AbortSignal): Promise<ReadyServer> {
    const disconnect = (): void => {
      this.#isStopAsked = true
      if (this.#child.connected) this.#child.disconnect()
    }
    if (signal?.aborted) disconnect()
    signal?.addEventListener('abort', disconnect, { once: true })
    try {
      const server = await this.#ready.promise
      this.#child.unref()
      this.#child.channel?.unref()
      return server
    } catch (error) {
      await this.ended
      signal?.throwIfAborted()
      throw error
    } finally {
      signal?.removeEventListener('abort', disconnect)
    }
  }

  /** Ends the server, even when its guardian was killed. */
  async stop(mode: ShutdownMode): Promise<void> {
    this.#child.ref()
    this.#child.channel?.ref()
    this.#isStopAsked = true
    this.#tell({ type: 'stop', mode })
    if ((await this.ended) && this.#postmasterPid !== undefined) {
      await endPostmaster(this.#postmasterPid, layoutOf(this.home).pgdata)
    }
  }

  #tell(message: OwnerMessage): void {
    // A failure to send means that the guardian is gone, which `ended` reports.
    if (this.#child.connected) this.#child.send(message, () => undefined)
  }

  #hear(message: GuardianMessage): void {
    this.#lastWord = message
    if (message.type !== 'ready') return
    this.#postmasterPid = message.server.postmasterPid
    this.#ready.resolve(message.server)
  }

  async #followToEnd(): Promise<GodwitError | undefined> {
    const reason = await this.#waitForExit()
    this.#ready.reject(
      reason ?? new GodwitError('EMBEDDED_SERVER_FAILED', 'The embedded server was stopped.'),
    )
    return reason
  }

  async #waitForExit(): Promise<GodwitError | undefined> {
    try {
      // The last messages can arrive after the exit, but not after the channel has closed.
      const [[code, signal]] = await Promise.all([once(this.#child, 'exit'), once(this.#child, 'disconnect')])
      if (this.#lastWord?.type === 'stopped' && this.#isStopAsked) return undefined
      if (this.#lastWord?.type === 'failed') {
        const { code, message, remedy } = this.#lastWord.failure
        return new GodwitError(code, message, remedy === undefined ? {} : { remedy })
      }
      return this.#guardianFailed(signal === null ? `code ${code}` : `${signal}`)
    } catch (error) {
      return this.#guardianFailed('an error', error)
    }
  }

  #guardianFailed(how: string, cause?: unknown): GodwitError {
    return new GodwitError(
      'EMBEDDED_SERVER_FAILED',
      `The guardian of the embedded server in ${this.home} ended with ${how}.`,
      { cause, remedy: 'Start Godwit again; it recovers the server by itself.' },
    )
  }
}
