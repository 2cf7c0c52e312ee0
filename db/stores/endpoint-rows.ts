import { and, eq, isNull } from 'drizzle-orm'
import { validate } from 'uuid'
import {
  GodwitError,
  type ConnectionSettings,
  type Endpoint,
  type NewEndpoint,
  type TlsSettings,
} from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { endpoints } from '../schema/index.ts'
import type { SecretBox } from '../secrets.ts'

export type EndpointRow = typeof endpoints.$inferSelect

/** What is sealed of an endpoint. */
interface Secrets extends Omit<TlsSettings, 'mode'> {
  readonly password: string | null
}

export const endpointExists = isNull(endpoints.deletedAt)

export function toRow(
  id: string,
  { name, connection }: NewEndpoint,
  secrets: SecretBox,
): typeof endpoints.$inferInsert {
  const { host, port, database, user, password, tls } = connection
  const { mode, ...files } = tls
  const sealed: Secrets = { password, ...files }
  return {
    id,
    name,
    host,
    port,
    database,
    user,
    tlsMode: mode,
    sealedSecrets: secrets.seal(JSON.stringify(sealed), id),
    hasPassword: password !== null,
    hasCa: tls.ca !== undefined,
    hasClientCertificate: tls.clientCertificate !== undefined,
  }
}

export function toEndpoint(row: EndpointRow): Endpoint {
  const { id, name, host, port, database, user, tlsMode, createdAt } = row
  const { hasPassword, hasCa, hasClientCertificate } = row
  const held = { hasPassword, hasCa, hasClientCertificate }
  return { id, name, host, port, database, user, tlsMode, ...held, createdAt }
}

/** @throws GodwitError NOT_FOUND, SECRET_UNREADABLE */
export function toConnection(row: EndpointRow, secrets: SecretBox): ConnectionSettings {
  if (row.sealedSecrets === null) throw notFound(row.id)
  const { password, ...files }: Secrets = JSON.parse(secrets.open(row.sealedSecrets, row.id))
  const { host, port, database, user, tlsMode } = row
  return { host, port, database, user, password, tls: { mode: tlsMode, ...files } }
}

export function notFound(id: string): GodwitError {
  return new GodwitError('NOT_FOUND', `There is no endpoint ${id}.`)
}

/** Nobody else changes it until the transaction ends. @throws GodwitError NOT_FOUND */
export async function lockEndpoint(transaction: Database, id: string): Promise<EndpointRow> {
  if (!validate(id)) throw notFound(id)
  const [row] = await transaction
    .select()
    .from(endpoints)
    .where(and(eq(endpoints.id, id), endpointExists))
    .for('update')
  if (row === undefined) throw notFound(id)
  return row
}

/** The secrets of an endpoint with another password. @throws GodwitError NOT_FOUND, SECRET_UNREADABLE */
export function sealWithPassword(row: EndpointRow, password: string, secrets: SecretBox): Buffer {
  const { mode: _mode, ...files } = toConnection(row, secrets).tls
  const sealed: Secrets = { password, ...files }
  return secrets.seal(JSON.stringify(sealed), row.id)
}
