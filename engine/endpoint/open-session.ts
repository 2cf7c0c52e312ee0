import type { Socket } from 'node:net'
import { Client, type ClientConfig } from 'pg'
import { GodwitError } from '../errors.ts'
import { sqlState, sqlStateOf } from '../postgres/sqlstate.ts'
import { toConnectionError } from './connection-error.ts'
import type { ConnectOptions, Session } from './session.ts'
import { sessionSettings, startupOptions } from './session-settings.ts'
import { openTransport, type OnStage } from './transport.ts'
import type { ConnectionSettings } from './types.ts'

const defaultConnectTimeoutMs = 10_000

/** A server that is there answers a goodbye in milliseconds; one that is not never does. */
const endTimeoutMs = 2_000

interface Opening {
  readonly settings: ConnectionSettings
  readonly options: ConnectOptions
  readonly onStage: OnStage
}

/**
 * `connect`, telling `onStage` of each stage that is passed.
 * @throws GodwitError as `connect` does
 */
export async function openSession(
  settings: ConnectionSettings,
  options: ConnectOptions,
  onStage: OnStage,
  signal?: AbortSignal,
): Promise<Session> {
  signal?.throwIfAborted()
  const timeoutMs = options.connectTimeoutMs ?? defaultConnectTimeoutMs
  const timeout = AbortSignal.timeout(timeoutMs)
  const limit = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
  try {
    const client = await openEncryptedIfPossible({ settings, options, onStage }, timeoutMs, limit)
    return toSession(client, signal)
  } catch (error) {
    signal?.throwIfAborted()
    if (!timeout.aborted) throw toConnectionError(error, settings)
    throw new GodwitError(
      'ENDPOINT_UNREACHABLE',
      `${settings.host}:${settings.port} did not answer within ${timeoutMs / 1000} s.`,
      { cause: error, remedy: 'Check host, port and firewall, and whether the server is overloaded.' },
    )
  }
}

/**
 * Under `prefer`, as libpq does it, a second attempt goes without TLS when its handshake failed or pg_hba.conf
 * refused the encrypted connection. Never after the password was asked for: it would go out in clear then.
 */
async function openEncryptedIfPossible(
  opening: Opening,
  timeoutMs: number,
  limit: AbortSignal,
): Promise<Client> {
  const { settings } = opening
  const attempt = { encrypted: false, passwordAsked: false }
  try {
    return await openClient(opening, attempt, timeoutMs, limit)
  } catch (error) {
    if (limit.aborted || settings.tls.mode !== 'prefer') throw error
    const handshakeFailed = error instanceof GodwitError && error.code === 'ENDPOINT_TLS_FAILED'
    const refused =
      attempt.encrypted &&
      !attempt.passwordAsked &&
      causeState(error) === sqlState.invalidAuthorizationSpecification
    if (!handshakeFailed && !refused) throw error
    const plain: Opening = {
      ...opening,
      settings: { ...settings, tls: { mode: 'disable' } },
      onStage: (stage, detail) => opening.onStage(stage, stage === 'TLS' ? fellBack : detail),
    }
    try {
      return await openClient(plain, { encrypted: false, passwordAsked: false }, timeoutMs, limit)
    } catch {
      throw error
    }
  }
}

const fellBack = 'not encrypted: that did not work, and the mode is prefer'

function causeState(error: unknown): string | undefined {
  return sqlStateOf(error instanceof GodwitError ? error.cause : error)
}

interface Attempt {
  encrypted: boolean
  passwordAsked: boolean
}

async function openClient(
  { settings, options, onStage }: Opening,
  attempt: Attempt,
  timeoutMs: number,
  limit: AbortSignal,
): Promise<Client> {
  const transport = await openTransport(settings, { timeoutMs, onStage }, limit)
  attempt.encrypted = transport.encrypted
  const answerPassword = (): string => {
    attempt.passwordAsked = true
    if (settings.password !== null && settings.password !== '') return settings.password
    throw new GodwitError(
      'ENDPOINT_AUTH_FAILED',
      `The server asks for a password of ${settings.user}, and the endpoint has none.`,
      {
        remedy:
          'Give the endpoint the password of the user: with updateEndpoint, or by a link of createPasswordLink.',
      },
    )
  }
  const client = new Client(clientConfig(settings, options, transport.socket, answerPassword))
  client.on('error', () => {
    // The query that is under way, or the next one, rejects with it.
  })
  client.connection.once('authenticationOk', () => onStage('AUTHENTICATION', `as ${settings.user}`))
  const abort = () => transport.socket.destroy()
  limit.addEventListener('abort', abort, { once: true })
  try {
    limit.throwIfAborted()
    await client.connect()
    return client
  } catch (error) {
    transport.socket.destroy()
    throw toConnectionError(error, settings, {
      ...transport,
      replication: options.replication === true,
    })
  } finally {
    limit.removeEventListener('abort', abort)
  }
}

/** How pg is to start the protocol on a connection that is there. */
function clientConfig(
  settings: ConnectionSettings,
  options: ConnectOptions,
  socket: Socket,
  password: () => string,
): ClientConfig {
  return {
    host: settings.host,
    port: settings.port,
    database: settings.database,
    user: settings.user,
    // A function, because pg would take a missing password from the environment or a file.
    password,
    // Encrypted already, where it is to be.
    ssl: false,
    stream: () => asUnconnected(socket),
    application_name: nameSession(settings, options),
    options: startupOptions({ ...sessionSettings, ...settings.sessionSettings, ...options.settings }),
    ...(options.pipeline === true && { pipeline: true }),
    ...(options.replication === true && { replication: 'database' }),
  }
}

function nameSession({ sessionLabel }: ConnectionSettings, { purpose }: ConnectOptions): string {
  return sessionLabel === undefined ? `godwit ${purpose}` : `godwit ${sessionLabel} ${purpose}`
}

/** pg connects the stream that it is given, and begins when it hears "connect". */
function asUnconnected(socket: Socket): Socket {
  return Object.assign(socket, {
    connect: () => {
      process.nextTick(() => {
        socket.emit('connect')
        socket.resume()
      })
      return socket
    },
  })
}

function toSession(client: Client, signal: AbortSignal | undefined): Session {
  const { stream } = client.connection
  const abort = () => stream.destroy()
  if (signal?.aborted === true) abort()
  signal?.throwIfAborted()
  signal?.addEventListener('abort', abort, { once: true })
  client.once('end', () => signal?.removeEventListener('abort', abort))
  const end = async () => {
    const timer = setTimeout(() => stream.destroy(), endTimeoutMs)
    try {
      await client.end()
    } finally {
      clearTimeout(timer)
    }
  }
  return Object.assign(client, { [Symbol.asyncDispose]: end })
}
