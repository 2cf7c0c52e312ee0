import type pg from 'pg'
import { GodwitError } from '../../errors.ts'
import { quoteIdent } from '../../postgres/index.ts'
import type { Change } from './read-only-settings.ts'

interface ConnectGrant {
  /** Null: PUBLIC. */
  readonly grantee: string | null
  readonly grantor: string
  readonly by_owner: boolean
  readonly with_grant_option: boolean
}

/** A database that nobody granted anything on has the privileges of acldefault. */
const grantsSql = `
  select case when a.grantee <> 0 then pg_catalog.pg_get_userbyid(a.grantee)::text end as grantee,
         pg_catalog.pg_get_userbyid(a.grantor)::text as grantor, a.grantor = d.datdba as by_owner,
         a.is_grantable as with_grant_option
    from pg_catalog.pg_database d,
         pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba)))
           with ordinality as a (grantor, grantee, privilege_type, is_grantable, position)
   where d.datname = pg_catalog.current_database() and a.privilege_type = 'CONNECT'
   order by a.position`

/**
 * Lets nobody but `user` open sessions: CONNECT is taken from PUBLIC and everyone else who has it. Superusers need no
 * privilege, so only the read-only setting holds them.
 * @throws GodwitError FENCE_FAILED where a privilege could not be given back as it was
 * @see https://www.postgresql.org/docs/current/ddl-priv.html
 */
export async function planBlock(
  session: pg.Client,
  {
    user,
    database,
    superuser,
  }: { readonly user: string; readonly database: string; readonly superuser: boolean },
): Promise<Change> {
  const { rows } = await session.query<ConnectGrant>(grantsSql)
  for (const grant of rows) assertRestorable(grant, database)
  const on = `CONNECT ON DATABASE ${quoteIdent(database)}`
  const others = rows.filter(({ grantee }) => grantee !== user)
  const needsOwn = !superuser && others.length === rows.length
  return {
    raise: [
      ...(needsOwn ? [`GRANT ${on} TO ${quoteIdent(user)}`] : []),
      ...others.map((grant) => `REVOKE ${on} FROM ${nameOf(grant)} CASCADE`),
    ],
    undo: [
      ...others.map(
        (grant) => `GRANT ${on} TO ${nameOf(grant)}${grant.with_grant_option ? ' WITH GRANT OPTION' : ''}`,
      ),
      ...(needsOwn ? [`REVOKE ${on} FROM ${quoteIdent(user)}`] : []),
    ],
  }
}

/** Who but the user of the session may connect without being a superuser. */
export async function findConnectors(session: pg.Client): Promise<readonly string[]> {
  const { rows } = await session.query<ConnectGrant>(grantsSql)
  return rows.flatMap(({ grantee }) => (grantee === session.user ? [] : [grantee ?? 'PUBLIC']))
}

function nameOf({ grantee }: ConnectGrant): string {
  return grantee === null ? 'PUBLIC' : quoteIdent(grantee)
}

/** What the owner grants comes back from the owner. */
function assertRestorable({ grantee, grantor, by_owner: byOwner }: ConnectGrant, database: string): void {
  if (byOwner) return
  const to = grantee ?? 'PUBLIC'
  throw new GodwitError(
    'FENCE_FAILED',
    `CONNECT on ${database} was granted to ${to} by ${grantor}, who is not its owner: Godwit could not give it back as it was.`,
    { remedy: `Let the owner of ${database} grant it instead of ${grantor}, or fence with READ_ONLY.` },
  )
}
