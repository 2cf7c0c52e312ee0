import type pg from 'pg'
import { quoteIdent, quoteLiteral } from '../../postgres/index.ts'

/** What to run, and what takes it back. */
export interface Change {
  readonly raise: readonly string[]
  readonly undo: readonly string[]
}

interface Setting {
  /** Null: of the database itself. */
  readonly role: string | null
  /** As it is in this database; null where it is not set. */
  readonly former: string | null
}

/** What a fence sets. */
const fenced = 'on'

/**
 * The database itself always; besides every role that has the setting of its own, for that goes before the
 * database's. A setting of a role within the database goes before all others.
 * @see https://www.postgresql.org/docs/current/sql-alterrole.html
 */
const settingsSql = `
  with here as (
    select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()
  ), setting as (
    select s.setrole, s.setdatabase, pg_catalog.split_part(c.entry, '=', 2) as value
      from pg_catalog.pg_db_role_setting s, here, pg_catalog.unnest(s.setconfig) as c (entry)
     where s.setdatabase in (0, here.oid) and pg_catalog.lower(c.entry) like 'default\\_transaction\\_read\\_only=%'
  )
  select null::text as role, (select s.value from setting s where s.setrole = 0 and s.setdatabase <> 0) as former
  union all
  select r.rolname::text, pg_catalog.max(s.value) filter (where s.setdatabase <> 0)
    from setting s
    join pg_catalog.pg_roles r on r.oid = s.setrole
   group by r.rolname
   order by role nulls first`

/** Whose new transactions are not read-only: the database itself, or roles that have a setting of their own. */
export async function findWritable(session: pg.Client): Promise<readonly string[]> {
  const { rows } = await session.query<Setting>(settingsSql)
  return rows
    .filter(({ former }) => former !== fenced)
    .map(({ role }) => (role === null ? 'the database' : `the role ${role}`))
}

/** Makes new transactions of every role read-only, unless the session asks for something else itself. */
export async function planReadOnly(session: pg.Client, database: string): Promise<Change> {
  const { rows } = await session.query<Setting>(settingsSql)
  const alterations = rows.map(({ role, former }) => ({
    alter:
      role === null
        ? `ALTER DATABASE ${quoteIdent(database)}`
        : `ALTER ROLE ${quoteIdent(role)} IN DATABASE ${quoteIdent(database)}`,
    former,
  }))
  return {
    raise: alterations.map(
      ({ alter }) => `${alter} SET default_transaction_read_only = ${quoteLiteral(fenced)}`,
    ),
    undo: alterations.map(({ alter, former }) =>
      former === null
        ? `${alter} RESET default_transaction_read_only`
        : `${alter} SET default_transaction_read_only = ${quoteLiteral(former)}`,
    ),
  }
}
