import type { PeerCertificate } from 'node:tls'
import { GodwitError } from '../errors.ts'
import { systemCodeOf } from './system-error.ts'
import type { ConnectionSettings } from './types.ts'

interface Explanation {
  readonly message: string
  readonly remedy: string
}

const unknownAuthority: Explanation = {
  message: 'the certificate of the server is signed by an authority that is not trusted',
  remedy:
    'Give the endpoint the certificate of the authority that signed the one of the server, as its CA (a ' +
    'self-signed certificate is its own authority).',
}

const notValidNow = (what: string): Explanation => ({
  message: `the certificate of the server ${what}`,
  remedy:
    'Put a valid certificate in ssl_cert_file on the server, then run SELECT pg_reload_conf(); check the clocks too.',
})

const clientRefused: Explanation = {
  message: 'the server refused the client certificate',
  remedy:
    'Give the endpoint a client certificate and key signed by an authority in ssl_ca_file of the server, valid now, ' +
    'with the user as its common name.',
}

const clientMissing: Explanation = {
  message: 'the server wants a client certificate',
  remedy: 'Give the endpoint a client certificate and its key.',
}

const keyMismatch: Explanation = {
  message: 'the client key does not belong to the client certificate',
  remedy: 'Give the endpoint the key that its client certificate was made with.',
}

const versionMismatch: Explanation = {
  message: 'the server and Godwit have no version or cipher of TLS in common',
  remedy:
    'Let the server offer TLS 1.2 or 1.3: ssl_max_protocol_version, ssl_min_protocol_version, ssl_ciphers.',
}

/** By the codes of OpenSSL's verification and of Node. @see https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const explanations: Readonly<Record<string, Explanation>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  CERT_SIGNATURE_FAILURE: unknownAuthority,
  CERT_UNTRUSTED: unknownAuthority,
  INVALID_CA: unknownAuthority,
  CERT_HAS_EXPIRED: notValidNow('has expired'),
  CERT_NOT_YET_VALID: notValidNow('is not valid yet'),
  CERT_REVOKED: notValidNow('was revoked'),
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: clientRefused,
  ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR: clientRefused,
  ERR_SSL_SSL_TLSV1_ALERT_BAD_CERTIFICATE: clientRefused,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: clientRefused,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: clientRefused,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: clientRefused,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: clientMissing,
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: keyMismatch,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: versionMismatch,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: versionMismatch,
  ERR_SSL_UNSUPPORTED_PROTOCOL: versionMismatch,
}

/** Whether an error comes of TLS, by Node's code; the server's refusal of a client certificate comes late. */
export function isTlsError(error: unknown): boolean {
  const code = systemCodeOf(error)
  return code !== undefined && (code in explanations || /^ERR_(SSL|OSSL|TLS)_/.test(code))
}

/** Names what went wrong with TLS. */
export function toTlsError(error: unknown, settings: ConnectionSettings): GodwitError {
  if (error instanceof GodwitError) return error
  const { message, remedy } = explain(error, settings)
  return new GodwitError('ENDPOINT_TLS_FAILED', `TLS with ${settings.host} failed: ${message}.`, {
    cause: error,
    remedy,
  })
}

function explain(error: unknown, settings: ConnectionSettings): Explanation {
  if (isNameMismatch(error)) return explainNames(error.cert, settings)
  const code = systemCodeOf(error) ?? ''
  const known = explanations[code]
  if (known !== undefined) return known
  if (code.startsWith('ERR_OSSL_')) {
    return {
      message: `the client certificate or its key cannot be used (${code})`,
      remedy: 'Give both as PEM, the key without a passphrase.',
    }
  }
  return {
    message:
      code === 'ECONNRESET' ? 'the server ended the connection' : code || 'the handshake did not end well',
    remedy:
      'Read the log of the server: it says why. A proxy in between that ends TLS can be the cause, too.',
  }
}

interface NameMismatch extends Error {
  readonly cert: PeerCertificate
}

function isNameMismatch(error: unknown): error is NameMismatch {
  return systemCodeOf(error) === 'ERR_TLS_CERT_ALTNAME_INVALID' && error instanceof Error && 'cert' in error
}

function explainNames(certificate: PeerCertificate, { host }: ConnectionSettings): Explanation {
  const names = certificate.subjectaltname ?? `CN ${String(certificate.subject.CN)}`
  return {
    message: `the certificate of the server is for ${names}, not for ${host}`,
    remedy:
      `Use one of the names in the certificate as the host of the endpoint, give the server a certificate for ` +
      `${host}, or use the mode verify-ca, which does not look at names.`,
  }
}
