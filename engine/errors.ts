/** What is documented of each error code: whether trying again can help, and what to do. */
interface ErrorEntry {
  /** True when the same attempt may succeed later with nothing changed by anyone. */
  readonly retryable: boolean
  /** What the person who sees it should do, unless the error carries a more exact remedy. */
  readonly remedy: string
}

/**
 * Every error that Godwit names, in one place. The codes are part of the GraphQL contract (`ErrorCode`);
 * add codes freely, never rename one.
 */
const catalog = {
  // Input and state
  BAD_INPUT: { retryable: false, remedy: 'Correct the named field and try again.' },
  NOT_FOUND: { retryable: false, remedy: 'Check the id; list what exists to find the right one.' },
  NAME_TAKEN: { retryable: false, remedy: 'Choose another name.' },
  IN_USE: { retryable: false, remedy: 'Remove what uses it first.' },
  ILLEGAL_ACTION: { retryable: false, remedy: 'Read availableActions for what is possible in this status.' },
  STALE_VERSION: {
    retryable: false,
    remedy: 'Read the migration again, and repeat with its current version.',
  },
  IDEMPOTENCY_KEY_REUSED: { retryable: false, remedy: 'Use a new idempotency key for a different request.' },
  WARNINGS_NOT_ACCEPTED: {
    retryable: false,
    remedy: 'Read the warnings of verify; mend them, or start with acceptWarnings: true.',
  },
  CUTOVER_WINDOW_CLOSED: { retryable: true, remedy: 'Wait until the cutover window opens.' },
  SCHEDULE_MISSED: {
    retryable: false,
    remedy: 'Schedule the migration anew, or start it now.',
  },
  SAME_ENDPOINT: { retryable: false, remedy: 'Choose a target that is another database than the source.' },
  WRITES_NOT_STOPPED: { retryable: false, remedy: 'Stop the writes to the source, then complete again.' },
  ALARM_NOT_MUTABLE: {
    retryable: false,
    remedy: 'Leave this kind out: it tells of lost data. Acknowledge the alarm, and mend its cause.',
  },
  ALARM_RESOLVED: { retryable: false, remedy: 'Nothing to do: the alarm has ended.' },

  // Cutover
  PLAN_MISSING: { retryable: false, remedy: 'Plan the cutover, and name the digest of that plan.' },
  PLAN_EXPIRED: { retryable: false, remedy: 'Plan the cutover again, with a longer time if it needs one.' },
  PLAN_VOID: { retryable: false, remedy: 'Plan the cutover again, and have that plan approved.' },
  PLAN_REJECTED: { retryable: false, remedy: 'Settle what the reason says, then plan the cutover again.' },
  PLAN_DECIDED: { retryable: false, remedy: 'Read the plan again: there is nothing left to decide.' },
  PLAN_NOT_APPROVED: { retryable: false, remedy: 'Wait for the missing approvals.' },
  APPROVAL_REFUSED: { retryable: false, remedy: 'Ask one of the named people.' },
  FENCE_FAILED: { retryable: false, remedy: 'Mend what the message names, then complete again.' },
  FENCE_LIFTED: {
    retryable: false,
    remedy:
      'Leave the fence to Godwit, which lifts it when a cutover is cancelled or given up; complete again.',
  },
  FENCED_BY_OTHER: {
    retryable: false,
    remedy: 'Wait until the named migration has ended, or forget its fence.',
  },
  PAUSE_TOO_LONG: {
    retryable: false,
    remedy:
      'Plan the cutover with a longer maxPause, without the comparison, or when there is less to apply.',
  },

  // Access to the API
  UNAUTHENTICATED: { retryable: false, remedy: 'Send a valid token: Authorization: Bearer gw_…' },
  TOKEN_EXPIRED: { retryable: false, remedy: 'Ask an admin for a new token.' },
  FORBIDDEN: { retryable: false, remedy: 'Use a token with the scope that the call needs.' },
  REQUEST_INVALID: {
    retryable: false,
    remedy: 'Send POST with content-type application/json and a body { query, variables, operationName }.',
  },
  QUERY_INVALID: { retryable: false, remedy: 'Correct the query; api/schema.graphql is the schema.' },
  QUERY_TOO_LARGE: { retryable: false, remedy: 'Send less at once; pass long values as variables.' },
  QUERY_TOO_DEEP: { retryable: false, remedy: 'Nest fewer fields; read the rest with another query.' },
  QUERY_TOO_COMPLEX: { retryable: false, remedy: 'Ask for smaller pages or fewer fields.' },
  QUERY_TOO_MANY_ALIASES: { retryable: false, remedy: 'Split the query over several requests.' },
  INTROSPECTION_DISABLED: { retryable: false, remedy: 'Read api/schema.graphql instead.' },
  RATE_LIMITED: { retryable: true, remedy: 'Wait a moment, then send fewer requests.' },
  TOO_MANY_SUBSCRIPTIONS: { retryable: true, remedy: 'End subscriptions that nobody reads any more.' },

  // Reaching a server
  ENDPOINT_DNS_FAILED: { retryable: true, remedy: 'Check the host name and the resolver of this machine.' },
  ENDPOINT_UNREACHABLE: {
    retryable: true,
    remedy: 'Check host, port, firewall and listen_addresses of the server.',
  },
  ENDPOINT_TLS_FAILED: {
    retryable: false,
    remedy: 'Check the TLS mode, the CA certificate and the name in the certificate of the server.',
  },
  ENDPOINT_AUTH_FAILED: {
    retryable: false,
    remedy: 'Check user and password, and pg_hba.conf on the server.',
  },
  ENDPOINT_DATABASE_MISSING: { retryable: false, remedy: 'Check the name of the database.' },
  ENDPOINT_REPLICATION_REFUSED: {
    retryable: false,
    remedy: 'Give the user the REPLICATION attribute, and allow it in pg_hba.conf.',
  },
  CONNECTION_LOST: {
    retryable: true,
    remedy: 'Godwit reconnects by itself; check the server if this persists.',
  },
  SERVER_BUSY: { retryable: true, remedy: 'Raise max_connections, or end idle sessions.' },
  PERMISSION_DENIED: { retryable: false, remedy: 'Grant the missing privilege to the user of the endpoint.' },
  STATEMENT_FAILED: {
    retryable: false,
    remedy: 'Read the message of the server, mend the cause, then retry.',
  },
  LOCK_TIMEOUT: { retryable: true, remedy: 'End the sessions that hold the lock, or wait.' },

  // Structure
  PG_DUMP_FAILED: { retryable: false, remedy: 'Read the message of pg_dump, mend the cause, then retry.' },
  STRUCTURE_FAILED: {
    retryable: false,
    remedy: 'Mend the named object on the target or the source, then retry.',
  },

  // Copy and replication
  COPY_FAILED: { retryable: false, remedy: 'Read the message of the server, mend the cause, then retry.' },
  SNAPSHOT_LOST: { retryable: true, remedy: 'Godwit takes a new snapshot by itself.' },
  WAL_LEVEL_NOT_LOGICAL: {
    retryable: false,
    remedy: "ALTER SYSTEM SET wal_level = 'logical', then restart the source.",
  },
  NO_FREE_SLOT: {
    retryable: false,
    remedy: 'Raise max_replication_slots, or drop unused slots on the source.',
  },
  SLOT_LOST: { retryable: false, remedy: 'Cancel this migration and start a new one: changes are missing.' },
  SLOT_IN_USE: { retryable: true, remedy: 'Wait until the former session on the slot has ended.' },
  SOURCE_REPLACED: {
    retryable: false,
    remedy: 'The source is another server or timeline now: cancel this migration and start a new one.',
  },
  PROTOCOL_VIOLATION: { retryable: false, remedy: 'Report this as a bug of Godwit, with the log.' },
  SCHEMA_CHANGED: {
    retryable: false,
    remedy: 'Make the same change on the target, then retry.',
  },
  TARGET_DIVERGED: {
    retryable: false,
    remedy: 'Something else changed the target. Compare the row with the source, mend it, then retry.',
  },
  APPLY_FAILED: { retryable: false, remedy: 'Read the message of the target, mend the cause, then retry.' },
  TARGET_NOT_EMPTY: {
    retryable: false,
    remedy: 'Empty the named tables on the target if their rows are not needed, or exclude them, then retry.',
  },
  TARGET_DIFFERS: { retryable: false, remedy: 'Look at the comparison; retry after mending the target.' },

  // Ownership
  LEASE_LOST: { retryable: false, remedy: 'Another worker owns this migration now; nothing to do.' },
  FORMER_SESSIONS_REMAIN: {
    retryable: true,
    remedy:
      'Godwit tries again by itself; if it persists, end the named sessions: SELECT pg_terminate_backend(pid).',
  },
  EMBEDDED_SERVER_IN_USE: { retryable: false, remedy: 'Stop the other Godwit process, or set DATABASE_URL.' },
  EMBEDDED_SERVER_FAILED: { retryable: false, remedy: 'Read the log of the server, or set DATABASE_URL.' },
  CONFIGURATION_INVALID: { retryable: false, remedy: 'Correct the named environment variables.' },
  SECRET_UNREADABLE: {
    retryable: false,
    remedy: 'Start Godwit with the GODWIT_SECRET_KEY that the secret was stored with, or enter it anew.',
  },
  CURSOR_EXPIRED: { retryable: false, remedy: 'Continue from the fresh cursor; events before it are gone.' },
  INTERNAL: { retryable: false, remedy: 'Look into the log of Godwit.' },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof catalog

/** All codes, for contracts that list them. */
export const errorCodes = Object.keys(catalog).filter((key): key is ErrorCode => key in catalog)

export interface GodwitErrorOptions {
  readonly cause?: unknown
  /** More exact than the remedy of the code; a statement to run where there is one. */
  readonly remedy?: string
  /** Overrides the code's own answer where the cause tells better. */
  readonly retryable?: boolean
  /** Of BAD_INPUT: which input is wrong, such as `connection.port`. */
  readonly field?: string
  /** Of STALE_VERSION, where it is not about a migration: what the version is now, 0 when there is nothing. */
  readonly currentVersion?: number
}

/**
 * An error that a person can act on. The message names the thing and says why; the remedy says what to do.
 * Neither may hold a secret or the values of a row.
 */
export class GodwitError extends Error {
  override readonly name = 'GodwitError'
  readonly code: ErrorCode
  readonly remedy: string
  readonly retryable: boolean
  readonly field: string | null
  readonly currentVersion: number | null

  constructor(code: ErrorCode, message: string, options: GodwitErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.remedy = options.remedy ?? catalog[code].remedy
    this.retryable = options.retryable ?? catalog[code].retryable
    this.field = options.field ?? null
    this.currentVersion = options.currentVersion ?? null
  }
}

/** Whether `error` is a GodwitError, of the given code if one is given. */
export function isGodwitError(error: unknown, code?: ErrorCode): error is GodwitError {
  return error instanceof GodwitError && (code === undefined || error.code === code)
}
