import { openSession } from './open-session.ts'
import type { ConnectOptions, Session } from './session.ts'
import type { ConnectionSettings } from './types.ts'

export type { ConnectOptions, Session } from './session.ts'

/**
 * Opens a session with Godwit's settings. Aborting `signal` breaks the connection at once, also while it is being
 * made or in the middle of a query; no socket stays behind.
 * @throws GodwitError ENDPOINT_…, SERVER_BUSY, CONNECTION_LOST, PERMISSION_DENIED
 * @see https://www.postgresql.org/docs/current/runtime-config-client.html
 */
export async function connect(
  settings: ConnectionSettings,
  options: ConnectOptions,
  signal?: AbortSignal,
): Promise<Session> {
  return await openSession(settings, options, () => {}, signal)
}
