import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { GodwitError } from '../errors.ts'
import { tlsOptions } from './tls.ts'
import { toTlsError } from './tls-error.ts'
import type { ConnectionSettings } from './types.ts'

/** @see https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-SSLREQUEST */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])

export interface SecuredSocket {
  readonly socket: Socket
  readonly encrypted: boolean
  /** For people: the version and cipher, or why there is none. */
  readonly detail: string
}

/**
 * Puts TLS over a fresh connection as the mode wants it.
 * @throws GodwitError ENDPOINT_TLS_FAILED, ENDPOINT_UNREACHABLE when no PostgreSQL server answers
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL
 */
export async function secure(
  socket: Socket,
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<SecuredSocket> {
  const options = tlsOptions(settings)
  if (options === false) return { socket, encrypted: false, detail: 'not encrypted: the mode is disable' }
  if (await offersTls(socket, signal)) return await handshake(socket, options, settings, signal)
  if (settings.tls.mode === 'prefer') {
    return {
      socket,
      encrypted: false,
      detail: 'not encrypted: the server has no TLS, and the mode is prefer',
    }
  }
  throw new GodwitError('ENDPOINT_TLS_FAILED', 'The server has no TLS.', {
    remedy:
      "Turn it on (ssl_cert_file, ssl_key_file, ALTER SYSTEM SET ssl = 'on', SELECT pg_reload_conf()), or use the mode " +
      'disable where the network is safe.',
  })
}

/** Asks the server, which answers with one byte. */
async function offersTls(socket: Socket, signal: AbortSignal): Promise<boolean> {
  const closed = new AbortController()
  socket.once('close', () => closed.abort())
  socket.write(sslRequest)
  const answer = await once(socket, 'data', { signal: AbortSignal.any([signal, closed.signal]) }).catch(
    () => [],
  )
  signal.throwIfAborted()
  socket.pause()
  const [bytes] = answer
  if (Buffer.isBuffer(bytes) && bytes.length === 1) {
    if (bytes[0] === 0x53) return true
    if (bytes[0] === 0x4e) return false
  }
  // More than one byte would be what someone in between puts in front of the encrypted answers (CVE-2021-23222).
  const what = Buffer.isBuffer(bytes)
    ? 'what answers does not speak the protocol'
    : 'the connection was closed'
  throw new GodwitError('ENDPOINT_UNREACHABLE', `No PostgreSQL server there: ${what}.`, {
    remedy: 'Check host and port; behind a load balancer or tunnel, check that it reaches a running server.',
  })
}

async function handshake(
  socket: Socket,
  options: ConnectionOptions,
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<SecuredSocket> {
  let secured: TLSSocket | undefined
  try {
    secured = connectTls({ ...options, socket })
    await once(secured, 'secureConnect', { signal })
    secured.on('error', () => {
      // Whoever uses the socket then sees it close; without a listener the process would end.
    })
    const detail = `${secured.getProtocol() ?? 'TLS'}, ${secured.getCipher().name}`
    return { socket: secured, encrypted: true, detail }
  } catch (error) {
    secured?.destroy()
    signal.throwIfAborted()
    throw toTlsError(error, settings)
  }
}
