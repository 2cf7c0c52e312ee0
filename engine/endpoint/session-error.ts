import { DatabaseError } from 'pg'
import { GodwitError, type ErrorCode, type GodwitErrorOptions } from '../errors.ts'
import { sqlState, sqlStateOf } from '../postgres/sqlstate.ts'
import { isResourceState, ServerError } from './server-error.ts'
import { systemCodeOf } from './system-error.ts'
import { isTlsError } from './tls-error.ts'

/** After these the server has ended the session. Class 08, connection exceptions, comes on top. */
const endedSessionStates: ReadonlySet<string> = new Set([
  sqlState.adminShutdown,
  sqlState.crashShutdown,
  sqlState.cannotConnectNow,
  sqlState.databaseDropped,
  sqlState.idleInTransactionSessionTimeout,
  sqlState.idleSessionTimeout,
])

const codeOfState: Readonly<Record<string, ErrorCode>> = {
  [sqlState.insufficientPrivilege]: 'PERMISSION_DENIED',
  [sqlState.lockNotAvailable]: 'LOCK_TIMEOUT',
  [sqlState.tooManyConnections]: 'SERVER_BUSY',
  [sqlState.deadlockDetected]: 'LOCK_TIMEOUT',
  [sqlState.serializationFailure]: 'LOCK_TIMEOUT',
}

/**
 * Names what went wrong in a session: a lost connection (retryable), a few states with a code of their own, and
 * else `fallback`. The message keeps what the server said, without what may hold values of rows.
 */
export function toSessionError(
  error: unknown,
  doing: string,
  fallback: ErrorCode = 'STATEMENT_FAILED',
): GodwitError {
  if (error instanceof GodwitError) return error
  const state = sqlStateOf(error)
  if (state === undefined) {
    const code = isLostConnection(error) ? 'CONNECTION_LOST' : 'INTERNAL'
    return new GodwitError(code, `${doing}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
  const cause = error instanceof DatabaseError ? new ServerError(error, state) : error
  const message = `${doing}: ${cause instanceof Error ? cause.message : state}`
  if (endedSessionStates.has(state) || state.startsWith('08')) {
    return new GodwitError('CONNECTION_LOST', message, { cause })
  }
  return new GodwitError(codeOfState[state] ?? fallback, message, { cause, ...optionsOfState(state) })
}

/** What may well go away by itself, whatever was being done. */
function optionsOfState(state: string): GodwitErrorOptions {
  if (state === sqlState.tooManyConnections) return {}
  if (isResourceState(state)) {
    return { retryable: true, remedy: 'Give the server what it lacks: disk space, memory or connections.' }
  }
  if (state === sqlState.queryCanceled) {
    return {
      retryable: true,
      remedy: 'Somebody or a timeout cancelled the statement; Godwit tries again by itself.',
    }
  }
  return {}
}

/** What a socket says when the peer or the network is gone. */
const networkCodes: ReadonlySet<string> = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'ENETUNREACH',
  'ENOTCONN',
  'EPIPE',
  'ETIMEDOUT',
  'ERR_SOCKET_CLOSED',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_WRITE_AFTER_END',
])

/**
 * A time limit that ran out, and the socket's own errors by their codes. pg itself says that a connection ended, or has ended before, by an Error
 * without a code and without a class of its own; programming errors have one or the other.
 */
function isLostConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error.name === 'TimeoutError') return true
  const code = systemCodeOf(error)
  if (code !== undefined) return networkCodes.has(code) || isTlsError(error)
  return Object.getPrototypeOf(error) === Error.prototype
}
