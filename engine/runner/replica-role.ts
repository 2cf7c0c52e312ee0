import { connect, type ConnectionSettings } from '../endpoint/index.ts'
import { sqlState, sqlStateOf } from '../postgres/index.ts'

/**
 * Whether sessions on the target may pass by triggers and foreign keys, as replication does.
 * Needs a superuser, or GRANT SET ON PARAMETER session_replication_role (15+).
 * @see https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SESSION-REPLICATION-ROLE
 */
export async function mayReplicate(target: ConnectionSettings, signal: AbortSignal): Promise<boolean> {
  await using session = await connect(target, { purpose: 'probe' }, signal)
  try {
    await session.query('set session_replication_role = replica')
    return true
  } catch (error) {
    if (sqlStateOf(error) === sqlState.insufficientPrivilege) return false
    throw error
  }
}
