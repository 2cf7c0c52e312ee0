import type { Socket } from 'node:net'
import { dial, formatAddress, resolveHost } from './dial.ts'
import { secure } from './secure.ts'
import type { ConnectionSettings, ConnectionStage } from './types.ts'

/** Told of each stage as it is passed, with what was seen. */
export type OnStage = (stage: ConnectionStage, detail: string) => void

/** A connection on which PostgreSQL's protocol can start. */
export interface Transport {
  readonly socket: Socket
  readonly encrypted: boolean
  /** Of this machine, as the socket has it: what pg_hba.conf sees unless addresses are translated. */
  readonly localAddress: string
}

/**
 * Resolves, dials and encrypts.
 * @throws GodwitError ENDPOINT_DNS_FAILED, ENDPOINT_UNREACHABLE, ENDPOINT_TLS_FAILED
 */
export async function openTransport(
  settings: ConnectionSettings,
  { timeoutMs, onStage }: { readonly timeoutMs: number; readonly onStage: OnStage },
  signal: AbortSignal,
): Promise<Transport> {
  const addresses = await resolveHost(settings.host, signal)
  onStage('DNS', addresses.join(', '))
  const raw = await dial(addresses, settings.port, { timeoutMs }, signal)
  try {
    onStage('TCP', `connected to ${formatAddress(raw.remoteAddress ?? settings.host, settings.port)}`)
    const localAddress = (raw.localAddress ?? '').replace(/^::ffff:/, '')
    const { socket, encrypted, detail } = await secure(raw, settings, signal)
    onStage('TLS', detail)
    return { socket, encrypted, localAddress }
  } catch (error) {
    raw.destroy()
    throw error
  }
}
