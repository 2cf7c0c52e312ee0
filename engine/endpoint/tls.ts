import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { checkServerIdentity, getCACertificates, type ConnectionOptions } from 'node:tls'
import { GodwitError } from '../errors.ts'
import type { ConnectionSettings } from './types.ts'

/**
 * The TLS options of a connection; false for none. `prefer` and `require` encrypt without looking at the
 * certificate, `verify-ca` checks who signed it, `verify-full` also whose it is. As with libpq, `require` with a
 * CA given is `verify-ca`: whoever gives an authority means it.
 * @throws GodwitError ENDPOINT_TLS_FAILED when a certificate or key given is not one
 * @see https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
 */
export function tlsOptions(settings: ConnectionSettings): ConnectionOptions | false {
  const { mode, ca, clientCertificate, clientKey } = settings.tls
  if (mode === 'disable') return false
  const verifies = mode === 'verify-ca' || mode === 'verify-full' || (mode === 'require' && ca !== undefined)
  assertCertificate(ca, 'CA')
  assertCertificate(clientCertificate, 'client')
  const host = settings.host.replace(/^\[(.*)\]$/, '$1')
  return {
    host,
    // RFC 6066 allows no address as the name that the server is asked for.
    ...(isIP(host) === 0 && { servername: host }),
    rejectUnauthorized: verifies,
    checkServerIdentity: mode === 'verify-full' ? checkServerIdentity : () => undefined,
    ...(verifies && { ca: ca ?? trustedAuthorities() }),
    ...(clientCertificate !== undefined && { cert: clientCertificate }),
    ...(clientKey !== undefined && { key: clientKey }),
  }
}

/** Node alone would go on without a CA that it cannot read, and then say that the server's is unknown. */
function assertCertificate(pem: string | undefined, which: string): void {
  if (pem === undefined || isCertificate(pem)) return
  throw new GodwitError('ENDPOINT_TLS_FAILED', `The ${which} certificate of the endpoint cannot be read.`, {
    remedy: 'Give it as PEM, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.',
  })
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}

let machineAuthorities: string[] | undefined

/** What Node brings and what the machine's own store holds, such as the authority of a company. */
function trustedAuthorities(): string[] {
  machineAuthorities ??= [...new Set([...getCACertificates('default'), ...getCACertificates('system')])]
  return machineAuthorities
}
