import type { Duplex } from 'node:stream'
import type pg from 'pg'
import { LogicalReplicationService } from 'pg-logical-replication'
import type { Session } from '../endpoint/index.ts'
import { GodwitError } from '../errors.ts'
import { quoteIdent } from '../postgres/index.ts'
import { assertSameSystem, type ExpectedSystem, identify } from './identify-system.ts'
import { formatLsn, parseLsn, type Lsn } from './lsn.ts'
import { quoteOption } from './quote-option.ts'

export interface TransportRequest {
  /** A walsender that does nothing yet. It is ended with the transport. */
  readonly session: Session
  readonly slotName: string
  readonly publicationName: string
  readonly startLsn: Lsn
  readonly expected: ExpectedSystem
}

/** Called as things arrive, in order. */
export interface TransportHandlers {
  /** The bytes are overwritten after the call. */
  readonly onMessage: (message: Buffer) => void
  /** Everything that was committed before `walEnd` has been handed over. */
  readonly onKeepalive: (walEnd: Lsn, replyRequested: boolean) => void
  /** Once; also when the source just ends the connection. */
  readonly onEnd: (error: unknown) => void
}

export interface Transport extends AsyncDisposable {
  readonly socket: Duplex
}

const startTimeoutMs = 60_000

/**
 * Lets pg-logical-replication start the stream and find the messages in it. Its own acknowledging, parsing and flow
 * control stay off: they lose changes, alter values and answer no keepalive while they wait.
 * @throws GodwitError SOURCE_REPLACED; errors of pg
 * @see https://www.postgresql.org/docs/current/protocol-logical-replication.html
 */
export async function startTransport(
  request: TransportRequest,
  handlers: TransportHandlers,
): Promise<Transport> {
  const service = makeService(request.session)
  const started = Promise.withResolvers<void>()
  started.promise.catch(() => {
    // Awaited below, but it may fail before that.
  })
  const end = (error: unknown) => {
    started.reject(error)
    handlers.onEnd(error)
  }
  const plugin = {
    name: 'pgoutput',
    options: undefined,
    parse: handlers.onMessage,
    start: async (walsender: pg.Client) => {
      assertSameSystem(await identify(walsender), request.expected)
      await walsender.query(startCommand(request))
    },
  }
  service.on('start', () => started.resolve())
  service.on('error', end)
  service.on('heartbeat', (lsn, _time, replyRequested) => handlers.onKeepalive(parseLsn(lsn), replyRequested))
  service.subscribe(plugin, request.slotName, formatLsn(request.startLsn)).then(() => end(ended()), end)

  const stop = async () => {
    await request.session[Symbol.asyncDispose]()
    await service.destroy()
  }
  const timer = setTimeout(() => end(notStarted()), startTimeoutMs)
  try {
    await started.promise
    return { socket: request.session.connection.stream, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/**
 * The client that the library makes has no listener for errors until it is connected, and a server that ends the
 * session at that moment ends this process with it. So it is given ours.
 */
function makeService(session: Session): LogicalReplicationService {
  const service = new LogicalReplicationService({}, { acknowledge: { auto: false, timeoutSeconds: 0 } })
  Object.defineProperty(service, 'client', { value: async () => [session, session.connection] })
  return service
}

function startCommand({ slotName, publicationName, startLsn }: TransportRequest): string {
  const options = `proto_version '1', publication_names ${quoteOption(quoteIdent(publicationName))}`
  return `START_REPLICATION SLOT ${quoteIdent(slotName)} LOGICAL ${formatLsn(startLsn)} (${options})`
}

function notStarted(): GodwitError {
  const seconds = startTimeoutMs / 1000
  return new GodwitError('CONNECTION_LOST', `The source did not start the change stream within ${seconds} s.`)
}

function ended(): GodwitError {
  return new GodwitError('CONNECTION_LOST', 'The source has ended the change stream.')
}
