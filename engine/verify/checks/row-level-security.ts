import { quoteIdent } from '../../postgres/index.ts'
import { always, failed, passed, type Check, type SelectionContext } from '../check.ts'
import { count, listObjects } from '../listing.ts'

const hiddenSql = `
  select n.nspname::text as schema, c.relname::text as name
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.oid = any($1::oid[]) and c.relrowsecurity and pg_catalog.row_security_active(c.oid)
   order by n.nspname, c.relname`

/** @see https://www.postgresql.org/docs/current/ddl-rowsecurity.html */
export const rowLevelSecurity: Check<SelectionContext> = {
  name: 'row-level-security',
  title: 'Rows hidden by row-level security',
  concerns: always,
  async run({ source, selected }) {
    const { rows } = await source.session.query<{ schema: string; name: string }>(hiddenSql, [
      selected.tables.map(({ oid }) => oid),
    ])
    if (rows.length === 0) return passed('No policy hides rows of the selected tables.')
    return failed(
      `Policies of ${count(rows.length, 'table')} apply to ${source.settings.user}: ${listObjects(rows)}.`,
      {
        remedy:
          'Run the statement as a superuser, or use the owner of the tables as the user of the endpoint.',
        statements: [`ALTER ROLE ${quoteIdent(source.settings.user)} BYPASSRLS;`],
      },
    )
  },
}
