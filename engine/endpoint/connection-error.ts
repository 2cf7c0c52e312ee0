import { GodwitError, type ErrorCode } from '../errors.ts'
import { quoteIdent } from '../postgres/quote.ts'
import { sqlState, sqlStateOf } from '../postgres/sqlstate.ts'
import { isResourceState } from './server-error.ts'
import { systemCodeOf } from './system-error.ts'
import { isTlsError, toTlsError } from './tls-error.ts'
import type { ConnectionSettings } from './types.ts'

/** What was known when a connection failed; makes the remedies exact. */
export interface ConnectionCircumstances {
  readonly encrypted: boolean
  readonly localAddress: string
  readonly replication: boolean
}

const unknownCircumstances: ConnectionCircumstances = {
  encrypted: false,
  localAddress: '',
  replication: false,
}

interface Explanation {
  readonly code: ErrorCode
  readonly remedy?: string
  readonly retryable?: boolean
}

/** Names what went wrong when a connection was opened. */
export function toConnectionError(
  error: unknown,
  settings: ConnectionSettings,
  circumstances: ConnectionCircumstances = unknownCircumstances,
): GodwitError {
  if (error instanceof GodwitError) return error
  if (isTlsError(error)) return toTlsError(error, settings)
  const state = sqlStateOf(error)
  const { code, ...options } =
    state === undefined ? explainBrokenOff() : explainState(state, { error, settings, circumstances })
  const reason = state === undefined ? brokenOffReason(error) : messageOf(error)
  const where = `${settings.host}:${settings.port}/${settings.database}`
  return new GodwitError(code, `Cannot connect to ${where} as ${settings.user}: ${reason}`, {
    cause: error,
    ...options,
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The server took the connection, and then it ended without a word. */
function explainBrokenOff(): Explanation {
  return {
    code: 'ENDPOINT_UNREACHABLE',
    remedy:
      'Check that a PostgreSQL server answers on this port, and read its log; a load balancer or tunnel without a ' +
      'server behind it closes connections like this.',
  }
}

function brokenOffReason(error: unknown): string {
  return systemCodeOf(error) === undefined
    ? messageOf(error)
    : `the connection broke (${systemCodeOf(error)})`
}

interface Refusal {
  readonly error: unknown
  readonly settings: ConnectionSettings
  readonly circumstances: ConnectionCircumstances
}

const authenticationStates: ReadonlySet<string> = new Set([
  sqlState.invalidPassword,
  sqlState.invalidAuthorizationSpecification,
])

function explainState(state: string, refusal: Refusal): Explanation {
  const { settings, circumstances } = refusal
  if (authenticationStates.has(state)) {
    return { code: 'ENDPOINT_AUTH_FAILED', remedy: authenticationRemedy(state, refusal) }
  }
  switch (state) {
    case sqlState.invalidCatalogName:
      return {
        code: 'ENDPOINT_DATABASE_MISSING',
        remedy: `Correct the name of the database, or create it: CREATE DATABASE ${quoteIdent(settings.database)};`,
      }
    case sqlState.insufficientPrivilege:
      return explainMissingPrivilege(refusal)
    case sqlState.objectNotInPrerequisiteState:
      return {
        code: 'PERMISSION_DENIED',
        remedy: `Let it take connections: ALTER DATABASE ${quoteIdent(settings.database)} ALLOW_CONNECTIONS true;`,
      }
    case sqlState.tooManyConnections:
      return { code: 'SERVER_BUSY', remedy: circumstances.replication ? walSendersRemedy : connectionsRemedy }
    case sqlState.protocolViolation:
      return {
        code: 'ENDPOINT_UNREACHABLE',
        retryable: false,
        remedy:
          'Give the address of the server itself: Godwit cannot work through a pooler such as PgBouncer.',
      }
    case sqlState.cannotConnectNow:
    case sqlState.adminShutdown:
    case sqlState.crashShutdown:
      return {
        code: 'CONNECTION_LOST',
        remedy: 'The server is starting, stopping or recovering: wait until it takes connections.',
      }
    default:
      return { code: isResourceState(state) ? 'SERVER_BUSY' : 'STATEMENT_FAILED' }
  }
}

const connectionsRemedy =
  'End idle sessions, or allow more: ALTER SYSTEM SET max_connections = …, then restart the server; the database or ' +
  'the role may have a CONNECTION LIMIT, too.'

const walSendersRemedy =
  'Allow more replication connections on the server: ALTER SYSTEM SET max_wal_senders = …, then restart it.'

/** The function of the server that reported an error: the same in every language of its messages. */
function routineOf(error: unknown): string {
  return error instanceof Error && 'routine' in error ? String(error.routine) : ''
}

function explainMissingPrivilege({ error, settings, circumstances }: Refusal): Explanation {
  const user = quoteIdent(settings.user)
  if (routineOf(error) === 'CheckMyDatabase') {
    return {
      code: 'PERMISSION_DENIED',
      remedy: `GRANT CONNECT ON DATABASE ${quoteIdent(settings.database)} TO ${user};`,
    }
  }
  if (circumstances.replication) {
    return { code: 'ENDPOINT_REPLICATION_REFUSED', remedy: `ALTER ROLE ${user} REPLICATION;` }
  }
  return { code: 'PERMISSION_DENIED' }
}

function authenticationRemedy(state: string, refusal: Refusal): string {
  const { settings, error } = refusal
  const user = quoteIdent(settings.user)
  if (state === sqlState.invalidPassword) {
    return (
      `Check user and password; a role that does not exist is answered the same way. A new password: ` +
      `ALTER ROLE ${user} PASSWORD '…';`
    )
  }
  switch (routineOf(error)) {
    case 'InitializeSessionUserId':
      return `Create the role, or let it log in: CREATE ROLE ${user} LOGIN PASSWORD '…'; or ALTER ROLE ${user} LOGIN;`
    case 'ClientAuthentication':
      return hbaRemedy(refusal)
    default:
      return `Read the log of the server: it says why. ${hbaRemedy(refusal)}`
  }
}

/**
 * Replication connections of a database match the database's own lines, not the keyword `replication`.
 * @see https://www.postgresql.org/docs/current/auth-pg-hba-conf.html
 */
function hbaRemedy({ settings, circumstances }: Refusal): string {
  const { encrypted, localAddress } = circumstances
  const address =
    localAddress === '' ? '<address>' : `${localAddress}/${localAddress.includes(':') ? 128 : 32}`
  const kind = encrypted ? 'hostssl' : 'host'
  const line = `${kind} ${quoteIdent(settings.database)} ${quoteIdent(settings.user)} ${address} scram-sha-256`
  const otherwise = encrypted
    ? settings.tls.clientCertificate === undefined
      ? ' If a line there asks for a client certificate, give the endpoint one.'
      : ''
    : ' If the server takes encrypted connections only, use the TLS mode require.'
  return (
    `Add a line to pg_hba.conf on the server (the address is the one of the machine that runs Godwit, as the server ` +
    `sees it), then run SELECT pg_reload_conf(): ${line}.${otherwise}`
  )
}
