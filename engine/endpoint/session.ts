import type { Client } from 'pg'

/** A session that ends with its scope, within seconds even when nobody answers any more. */
export type Session = Client & AsyncDisposable

export interface ConnectOptions {
  /** What people see in pg_stat_activity behind "godwit" and the label of the settings; 55 bytes together. */
  readonly purpose: string
  /** A walsender of the database instead of an ordinary backend. */
  readonly replication?: boolean
  /** Send queries without waiting for the answers of earlier ones; answers come in order. */
  readonly pipeline?: boolean
  /** Further server settings of the session. */
  readonly settings?: Readonly<Record<string, string>>
  /** For all of it: name, connection, encryption, authentication. */
  readonly connectTimeoutMs?: number
}
