import type pg from 'pg'
import { toSessionError } from '../../endpoint/index.ts'
import { GodwitError } from '../../errors.ts'
import { quoteIdent } from '../../postgres/index.ts'
import { planBlock } from './connect-privileges.ts'
import { assertNothingPrepared, assertNothingReceived } from './obstacles.ts'
import { planReadOnly } from './read-only-settings.ts'
import { assertCanEndOthers } from './sessions.ts'
import type { FenceMode, FenceStatements } from './types.ts'

/** The user that fences, and what it fences. */
interface Fenced {
  readonly user: string
  readonly database: string
  readonly owner: string
  /** A member of the owner may do what the owner may; a superuser too. */
  readonly owns: boolean
  readonly superuser: boolean
  readonly now: string
}

const fencedSql = `
  select current_user::text as user, d.datname::text as database, o.rolname::text as owner,
         pg_catalog.pg_has_role(d.datdba, 'USAGE') as owns, me.rolsuper as superuser,
         pg_catalog.clock_timestamp()::text as now
    from pg_catalog.pg_database d
    join pg_catalog.pg_roles o on o.oid = d.datdba
    join pg_catalog.pg_roles me on me.rolname = current_user
   where d.datname = pg_catalog.current_database()`

/**
 * Looks at the source, changes nothing: what will fence it and what leads back to how it is now. The statements to
 * undo are to be kept elsewhere before `raiseFence`.
 * @throws GodwitError FENCE_FAILED where the fence would not hold or could not be taken away again
 */
export async function planFence(session: pg.Client, mode: FenceMode): Promise<FenceStatements> {
  try {
    const fenced = (await session.query<Fenced>(fencedSql)).rows[0]
    if (fenced === undefined)
      throw new GodwitError('PROTOCOL_VIOLATION', 'The database is not in its catalog.')
    assertOwns(fenced)
    await assertNothingReceived(session)
    await assertNothingPrepared(session)
    await assertCanEndOthers(session)
    const readOnly = await planReadOnly(session, fenced.database)
    const block = mode === 'READ_ONLY' ? null : await planBlock(session, fenced)
    return {
      mode,
      raise: [...readOnly.raise, ...(block?.raise ?? [])],
      undo: [...readOnly.undo, ...(block?.undo ?? [])],
      sourceTime: fenced.now,
    }
  } catch (error) {
    throw toSessionError(error, 'Looking at what a fence changes on the source')
  }
}

function assertOwns({ user, database, owner, owns }: Fenced): void {
  if (owns) return
  throw new GodwitError(
    'FENCE_FAILED',
    `The database ${database} belongs to ${owner}, so ${user} may not change its settings.`,
    { remedy: `GRANT ${quoteIdent(owner)} TO ${quoteIdent(user)}; then complete again.` },
  )
}
