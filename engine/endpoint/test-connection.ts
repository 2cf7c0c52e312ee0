import type { Client } from 'pg'
import { GodwitError, isGodwitError } from '../errors.ts'
import { quoteIdent } from '../postgres/quote.ts'
import { toConnectionError } from './connection-error.ts'
import { openSession } from './open-session.ts'
import { StageLog } from './stage-log.ts'
import type { ConnectionSettings, ConnectionTest } from './types.ts'

const totalTimeoutMs = 15_000

/**
 * Tries out an endpoint stage by stage; the first failure ends it, and the stages behind it are skipped. The last
 * stage needs what a source of incremental sync needs: a target may well fail it. Encryption is a skipped stage
 * where the mode is `disable`. A failure is part of the answer, not an error.
 * @throws the reason of `signal` when aborted
 */
export async function testConnection(
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<ConnectionTest> {
  signal.throwIfAborted()
  const log = new StageLog()
  if (settings.tls.mode === 'disable') log.leaveOut('TLS', 'The TLS mode is disable: nothing is encrypted.')
  const timeout = AbortSignal.timeout(totalTimeoutMs)
  const limit = AbortSignal.any([signal, timeout])
  let serverVersion: string | null = null
  try {
    const options = { purpose: 'connection test', connectTimeoutMs: totalTimeoutMs }
    await using session = await openSession(settings, options, log.pass, limit)
    serverVersion = await readServerVersion(session)
    log.pass('DATABASE', `PostgreSQL ${serverVersion}, database ${settings.database}`)
    log.pass('REPLICATION', await tryReplication(settings, session, limit))
  } catch (error) {
    signal.throwIfAborted()
    log.fail(timeout.aborted ? timedOut(settings, error) : toConnectionError(error, settings))
  }
  return { ok: log.ok, stages: log.results(), serverVersion }
}

async function readServerVersion(session: Client): Promise<string> {
  const shown = await session.query<{ server_version: string }>('show server_version')
  return shown.rows[0]?.server_version ?? 'of an unknown version'
}

/**
 * Opens a walsender of the database, as incremental sync does.
 * @see https://www.postgresql.org/docs/current/protocol-replication.html
 */
async function tryReplication(
  settings: ConnectionSettings,
  session: Client,
  limit: AbortSignal,
): Promise<string> {
  const options = { purpose: 'connection test', connectTimeoutMs: totalTimeoutMs, replication: true }
  try {
    await using walSender = await openSession(settings, options, () => {}, limit)
    const identified = await walSender.query<{ systemid: string; timeline: number }>('IDENTIFY_SYSTEM')
    const system = identified.rows[0]
    return `system identifier ${system?.systemid ?? '?'}, timeline ${system?.timeline ?? '?'}`
  } catch (error) {
    throw isGodwitError(error, 'ENDPOINT_REPLICATION_REFUSED')
      ? await refine(error, settings, session)
      : error
  }
}

/** Amazon RDS keeps the attribute to itself and gives out a role in its stead. */
async function refine(
  error: GodwitError,
  settings: ConnectionSettings,
  session: Client,
): Promise<GodwitError> {
  const found = await session.query(`select from pg_catalog.pg_roles where rolname = 'rds_replication'`)
  if (found.rowCount === 0) return error
  return new GodwitError(error.code, error.message, {
    cause: error.cause,
    remedy: `GRANT rds_replication TO ${quoteIdent(settings.user)};`,
  })
}

function timedOut(settings: ConnectionSettings, cause: unknown): GodwitError {
  return new GodwitError(
    'ENDPOINT_UNREACHABLE',
    `${settings.host}:${settings.port} did not answer within ${totalTimeoutMs / 1000} s.`,
    { cause, remedy: 'Check host, port and firewall, and whether the server is overloaded.' },
  )
}
