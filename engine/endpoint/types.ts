/**
 * How the connection is secured, by the names of libpq.
 * @see https://www.postgresql.org/docs/current/libpq-ssl.html
 */
const tlsModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const

export type TlsMode = (typeof tlsModes)[number]

export interface TlsSettings {
  readonly mode: TlsMode
  /** PEM. Absent: the authorities that this machine trusts. */
  readonly ca?: string
  /** PEM, with `clientKey`. */
  readonly clientCertificate?: string
  /** PEM. A secret. */
  readonly clientKey?: string
}

/** Everything needed to reach one database. Holds secrets: made where a connection is made, never logged. */
export interface ConnectionSettings {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string | null
  readonly tls: TlsSettings
  /** Whose sessions these are: stands before their purpose in pg_stat_activity. */
  readonly sessionLabel?: string
  /** Further server settings of every session that is opened with these. Not part of an endpoint. */
  readonly sessionSettings?: Readonly<Record<string, string>>
}

/** The stages of reaching a database for replication, in their order. */
export const connectionStages = ['DNS', 'TCP', 'TLS', 'AUTHENTICATION', 'DATABASE', 'REPLICATION'] as const

export type ConnectionStage = (typeof connectionStages)[number]

export interface ConnectionStageResult {
  readonly stage: ConnectionStage
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** What was seen: an address, a protocol version, a server version, or why it failed. */
  readonly detail: string
  readonly remedy: string | null
  readonly durationMs: number
}

export interface ConnectionTest {
  readonly ok: boolean
  readonly stages: readonly ConnectionStageResult[]
  /** As the server prints it; null when it was not reached. */
  readonly serverVersion: string | null
}
