import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { createConnection, isIP, type Socket } from 'node:net'
import { GodwitError } from '../errors.ts'
import { untilAborted } from './abort.ts'
import { systemCodeOf } from './system-error.ts'

/** Long silence on a session means little; a peer that is gone should be noticed in less than a minute. */
const keepAliveDelayMs = 10_000

/**
 * The addresses of a host, in the order in which to try them. An address stands for itself; one of IPv6 may
 * have brackets.
 * @throws GodwitError ENDPOINT_DNS_FAILED
 */
export async function resolveHost(host: string, signal: AbortSignal): Promise<readonly string[]> {
  const name = host.replace(/^\[(.*)\]$/, '$1')
  if (isIP(name) !== 0) return [name]
  try {
    const found = await untilAborted(lookup(name, { all: true }), signal)
    if (found.length > 0) return [...new Set(found.map(({ address }) => address))]
  } catch (error) {
    signal.throwIfAborted()
    throw toDnsError(name, error)
  }
  throw toDnsError(name, undefined)
}

function toDnsError(name: string, cause: unknown): GodwitError {
  const code = systemCodeOf(cause) ?? ''
  const why = dnsFailureOfCode[code] ?? 'the look-up failed'
  return new GodwitError('ENDPOINT_DNS_FAILED', `The host name ${name} has no address: ${why}.`, {
    cause,
    remedy:
      code === 'EAI_AGAIN'
        ? 'Check the resolver of the machine that runs Godwit; it did not answer.'
        : 'Correct the host name, or make the resolver of the machine that runs Godwit know it.',
  })
}

const dnsFailureOfCode: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such name',
  EAI_AGAIN: 'the resolver did not answer',
}

const reasonOfCode: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused, nothing listens there',
  ECONNRESET: 'reset',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'no answer',
  EACCES: 'forbidden by this machine',
  EPERM: 'forbidden by this machine',
}

/**
 * Opens a connection to the first address that takes it. One that does not answer gets its share of the time only,
 * so that the others have theirs.
 * @throws GodwitError ENDPOINT_UNREACHABLE naming what each address did
 */
export async function dial(
  addresses: readonly string[],
  port: number,
  { timeoutMs }: { readonly timeoutMs: number },
  signal: AbortSignal,
): Promise<Socket> {
  const started = performance.now()
  const failures: string[] = []
  let refused = false
  for (const [index, address] of addresses.entries()) {
    const leftMs = Math.max(1, timeoutMs - (performance.now() - started))
    try {
      return await dialOne(address, port, leftMs / (addresses.length - index), signal)
    } catch (error) {
      signal.throwIfAborted()
      const code = systemCodeOf(error) ?? 'ETIMEDOUT'
      refused ||= code === 'ECONNREFUSED'
      failures.push(`${formatAddress(address, port)}: ${reasonOfCode[code] ?? code}`)
    }
  }
  throw new GodwitError('ENDPOINT_UNREACHABLE', `No connection (${failures.join('; ')}).`, {
    remedy: refused
      ? `Check host and port, that the server runs, and that its listen_addresses include this address.`
      : `Check host and port, and that firewalls and security groups let this machine reach port ${port}.`,
  })
}

async function dialOne(
  address: string,
  port: number,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = createConnection({ host: address, port, noDelay: true })
  socket.setKeepAlive(true, keepAliveDelayMs)
  socket.on('error', () => {
    // Whoever uses the socket then sees it close; without a listener the process would end.
  })
  try {
    await once(socket, 'connect', {
      signal: AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(timeoutMs))]),
    })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/** An address with its port, as people write it. */
export function formatAddress(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
