import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

export interface Certificate {
  readonly certificate: string
  readonly key: string
}

export interface CertificateRequest {
  readonly commonName: string
  /** DNS names and IPv4 addresses for the subject's alternative name. */
  readonly names?: readonly string[]
  /** Who signs; absent: itself, as an authority. */
  readonly issuer?: Certificate & { readonly commonName: string }
  /** It was valid once, and is not any more. */
  readonly expired?: boolean
}

/**
 * Makes an X.509 certificate and its key, as PEM. Node can read certificates but not make them, and tests run
 * on machines without openssl.
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */
export function createCertificate({
  commonName,
  names = [],
  issuer,
  expired,
}: CertificateRequest): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const content = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([0x01]), randomBytes(8)])),
    ecdsaWithSha256,
    distinguishedName(issuer?.commonName ?? commonName),
    sequence(utcTime('200101000000Z'), utcTime(expired ? '210101000000Z' : '491231235959Z')),
    distinguishedName(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...extensions(names, issuer === undefined))),
  )
  const signature = sign('sha256', content, issuer?.key ?? key)
  const certificate = sequence(content, ecdsaWithSha256, bitString(signature))
  return { certificate: toPem(certificate), key }
}

function extensions(names: readonly string[], isAuthority: boolean): Buffer[] {
  const basicConstraints = sequence(
    objectId('551d13'),
    octetString(sequence(...(isAuthority ? [der(0x01, Buffer.from([0xff]))] : []))),
  )
  if (names.length === 0) return [basicConstraints]
  const alternativeNames = names.map((name) =>
    /^[\d.]+$/.test(name)
      ? der(0x87, Buffer.from(name.split('.').map(Number)))
      : der(0x82, Buffer.from(name, 'ascii')),
  )
  return [basicConstraints, sequence(objectId('551d11'), octetString(sequence(...alternativeNames)))]
}

function distinguishedName(commonName: string): Buffer {
  return sequence(der(0x31, sequence(objectId('550403'), der(0x0c, Buffer.from(commonName, 'utf8')))))
}

/** One value of ASN.1 in its distinguished encoding: tag, length, content. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content])
  return Buffer.concat([Buffer.from([tag, 0x82, length >> 8, length & 0xff]), content])
}

const sequence = (...items: readonly Buffer[]): Buffer => der(0x30, Buffer.concat(items))
const integer = (bytes: Buffer): Buffer => der(0x02, bytes)
const octetString = (content: Buffer): Buffer => der(0x04, content)
const bitString = (content: Buffer): Buffer => der(0x03, Buffer.concat([Buffer.from([0]), content]))
const objectId = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
const utcTime = (time: string): Buffer => der(0x17, Buffer.from(time, 'ascii'))
const tagged = (number: number, content: Buffer): Buffer => der(0xa0 | number, content)

/** 1.2.840.10045.4.3.2 */
const ecdsaWithSha256 = sequence(objectId('2a8648ce3d040302'))

function toPem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}
