import type pg from 'pg'
import type { CutoverWarning, Fencing } from '../ports/index.ts'
import { quoteIdent } from '../postgres/index.ts'

interface Rights {
  readonly user: string
  readonly database: string
  readonly owner: string
  readonly superuser: boolean
  readonly owns: boolean
  readonly may_signal: boolean
}

/** @see https://www.postgresql.org/docs/current/predefined-roles.html */
const rightsSql = `
  select current_user::text as user, d.datname::text as database, o.rolname::text as owner,
         me.rolsuper as superuser,
         pg_catalog.pg_has_role(d.datdba, 'USAGE') as owns,
         pg_catalog.pg_has_role('pg_signal_backend', 'USAGE') as may_signal
    from pg_catalog.pg_database d
    join pg_catalog.pg_roles o on o.oid = d.datdba
    join pg_catalog.pg_roles me on me.rolname = current_user
   where d.datname = pg_catalog.current_database()`

/**
 * What the user of the source lacks to fence it: the database's settings are its owner's to change, and sessions of
 * other roles are not everyone's to end. Nothing for fencing NONE.
 */
export async function findFenceObstacles(
  source: pg.Client,
  fencing: Fencing,
): Promise<readonly CutoverWarning[]> {
  if (fencing === 'NONE') return []
  const rights = (await source.query<Rights>(rightsSql)).rows[0]
  if (rights === undefined || rights.superuser) return []
  const { user, database, owner, owns, may_signal: maySignal } = rights
  const lacks = [
    ...(owns ? [] : [`change the settings of the database ${database}, which ${owner} owns`]),
    ...(maySignal ? [] : ['end sessions of other roles']),
  ]
  if (lacks.length === 0) return []
  const statements = [
    ...(owns ? [] : [`GRANT ${quoteIdent(owner)} TO ${quoteIdent(user)};`]),
    ...(maySignal ? [] : [`GRANT pg_signal_backend TO ${quoteIdent(user)};`]),
  ]
  return [
    {
      code: 'FENCE_NOT_POSSIBLE',
      message: `${user} cannot ${lacks.join(', nor ')}: fencing ${fencing} will fail.`,
      remedy: statements.join(' '),
    },
  ]
}
