import { quoteIdent, sqlState, sqlStateOf } from '../../postgres/index.ts'
import { passed, warning, type Check, type TargetContext } from '../check.ts'
import type { Session } from '../../endpoint/index.ts'

const firstVersionWithGrant = 150_000

/**
 * Replication passes by triggers and foreign keys, for their work was done on the source.
 * @see https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SESSION-REPLICATION-ROLE
 */
export const replicaRole: Check<TargetContext> = {
  name: 'replica-role',
  title: 'Passing by triggers and foreign keys on the target',
  concerns: (kind) => kind.incremental || (kind.fullCopy && !kind.structure),
  async run({ target, kind }) {
    const { user } = target.settings
    if (await maySetReplicaRole(target.session)) return passed(`${user} may set session_replication_role.`)
    const consequence = kind.structure
      ? 'foreign keys and triggers are created when the migration is completed, which lengthens the pause'
      : 'triggers of the target fire, and its foreign keys are checked, while rows arrive'
    const grant = `GRANT SET ON PARAMETER session_replication_role TO ${quoteIdent(user)};`
    return warning(`${user} may not set session_replication_role: ${consequence}.`, {
      remedy:
        target.facts.versionNum >= firstVersionWithGrant
          ? 'Run the statement as a superuser, or accept it.'
          : 'Use a superuser on the target, or accept it.',
      statements: target.facts.versionNum >= firstVersionWithGrant ? [grant] : [],
    })
  },
}

async function maySetReplicaRole(session: Session): Promise<boolean> {
  await session.query('begin')
  try {
    await session.query('set local session_replication_role = replica')
    return true
  } catch (error) {
    if (sqlStateOf(error) === sqlState.insufficientPrivilege) return false
    throw error
  } finally {
    await session.query('rollback')
  }
}
