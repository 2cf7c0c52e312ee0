import type { ConnectionSettings } from '../../engine/index.ts'

/** Where a test database is, and as whom: its superuser unless the coordinates say otherwise. */
export interface DatabaseCoordinates {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly name: string
}

/** How Godwit reaches a test database, as an endpoint would have it. */
export function settingsOf(database: DatabaseCoordinates): ConnectionSettings {
  const { host, port, user, password, name } = database
  return { host, port, user, password, database: name, tls: { mode: 'disable' } }
}
