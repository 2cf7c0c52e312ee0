import {
  type ConnectionSettings,
  type EndpointChange,
  GodwitError,
  type TlsMode,
  type TlsSettings,
} from '../../../engine/index.ts'
import { builder } from '../../builder.ts'
import { TlsModeEnum } from './type.ts'

export const TlsInput = builder.inputType('TlsInput', {
  fields: (t) => ({
    mode: t.field({ type: TlsModeEnum, required: true }),
    ca: t.string({ description: 'PEM. Absent: the authorities that the machine of Godwit trusts.' }),
    clientCertificate: t.string({ description: 'PEM, with clientKey.' }),
    clientKey: t.string({ description: 'PEM, not encrypted. Goes in and never comes out.' }),
  }),
})

export const ConnectionInput = builder.inputType('ConnectionInput', {
  description: 'How to reach one database.',
  fields: (t) => ({
    host: t.string({ required: true }),
    port: t.int({ required: true, defaultValue: 5432 }),
    database: t.string({ required: true }),
    user: t.string({ required: true }),
    password: t.string({ description: 'Goes in and never comes out.' }),
    tls: t.field({
      type: TlsInput,
      description: 'Absent: VERIFY_FULL, by the authorities that the machine of Godwit trusts.',
    }),
  }),
})

type Optional<T> = T | null | undefined

interface GivenTls {
  readonly mode: TlsMode
  readonly ca?: Optional<string>
  readonly clientCertificate?: Optional<string>
  readonly clientKey?: Optional<string>
}

interface GivenConnection {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password?: Optional<string>
  readonly tls?: Optional<GivenTls>
}

/** @throws GodwitError BAD_INPUT for what no connection can be made with */
export function readConnection(given: GivenConnection): ConnectionSettings {
  const { host, port, database, user, password } = given
  for (const [field, value] of Object.entries({ host, database, user }))
    requireText(`connection.${field}`, value)
  if (password?.includes('\0')) throw invalid('connection.password', 'must not contain a NUL character')
  if (port < 1 || port > 65_535) throw invalid('connection.port', 'must be from 1 to 65535')
  return { host, port, database, user, password: password ?? null, tls: readTls(given.tls) }
}

interface GivenConnectionChange {
  readonly host?: Optional<string>
  readonly port?: Optional<number>
  readonly database?: Optional<string>
  readonly user?: Optional<string>
  readonly password?: Optional<string>
  readonly tls?: Optional<GivenTls>
}

/** What is not given is left out; the store checks the rest. @throws GodwitError BAD_INPUT */
export function readConnectionChange(given: GivenConnectionChange): EndpointChange {
  const { host, port, database, user, password, tls } = given
  return {
    ...(host != null && { host }),
    ...(port != null && { port }),
    ...(database != null && { database }),
    ...(user != null && { user }),
    ...(password != null && { password }),
    ...(tls != null && { tls: readTls(tls) }),
  }
}

function readTls(given: Optional<GivenTls>): TlsSettings {
  if (given == null) return { mode: 'verify-full' }
  const { mode, ca, clientCertificate, clientKey } = given
  if (ca != null) requirePem('connection.tls.ca', ca, 'CERTIFICATE')
  if (clientCertificate != null)
    requirePem('connection.tls.clientCertificate', clientCertificate, 'CERTIFICATE')
  if (clientKey != null) requirePem('connection.tls.clientKey', clientKey, 'PRIVATE KEY')
  if (clientCertificate != null && clientKey == null) {
    throw invalid('connection.tls.clientKey', 'must come with the client certificate')
  }
  if (clientKey != null && clientCertificate == null) {
    throw invalid('connection.tls.clientCertificate', 'must come with the client key')
  }
  return {
    mode,
    ...(ca != null && { ca }),
    ...(clientCertificate != null && { clientCertificate }),
    ...(clientKey != null && { clientKey }),
  }
}

function requireText(field: string, value: string): void {
  if (value.trim() === '') throw invalid(field, 'must not be empty')
  if (value.includes('\0')) throw invalid(field, 'must not contain a NUL character')
}

function requirePem(field: string, value: string, content: string): void {
  if (!value.includes('-----BEGIN') || !value.includes(`${content}-----`)) {
    throw invalid(field, `must be PEM text that holds a ${content}`)
  }
  if (value.includes('ENCRYPTED')) throw invalid(field, 'must not be encrypted with a passphrase')
}

function invalid(field: string, why: string): GodwitError {
  return new GodwitError('BAD_INPUT', `${field} ${why}.`, { field })
}
