import type { CatalogTable } from '../../catalog/index.ts'
import { quoteIdent } from '../../postgres/index.ts'
import type { SelectedObjects } from '../../selection/index.ts'
import { failed, followsChanges, passed, type Check, type SelectionContext } from '../check.ts'
import { count, limitStatements, listNames, listObjects } from '../listing.ts'

interface ForeignTable {
  readonly schema: string
  readonly name: string
  readonly owner: string
}

const foreignTablesSql = `
  select n.nspname::text as schema, c.relname::text as name, r.rolname::text as owner
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_roles r on r.oid = c.relowner
   where c.oid = any($1::oid[]) and c.relpersistence = 'p' and not pg_catalog.pg_has_role(c.relowner, 'USAGE')
   order by n.nspname, c.relname`

/** @see https://www.postgresql.org/docs/current/sql-createpublication.html */
export const publicationOwnership: Check<SelectionContext> = {
  name: 'publication-ownership',
  title: 'Ownership of the published tables',
  concerns: followsChanges,
  async run({ source, selected }) {
    const { user } = source.settings
    const { rows } = await source.session.query<ForeignTable>(foreignTablesSql, [
      listedTables(source.facts.versionNum, selected).map(({ oid }) => oid),
    ])
    if (rows.length === 0) return passed(`${user} may publish all selected tables.`)
    const owners = [...new Set(rows.map(({ owner }) => owner))]
    return failed(
      `Only an owner may publish a table. ${user} is not an owner of ${count(rows.length, 'table')}: ${listObjects(rows)}.`,
      {
        remedy:
          `Make ${user} a member of what owns them (${listNames(owners)}): run the statements as a superuser or as one ` +
          'who may give these roles away; take them back after the migration.',
        statements: limitStatements(
          owners.map((owner) => `GRANT ${quoteIdent(owner)} TO ${quoteIdent(user)};`),
        ),
      },
    )
  },
}

/** From 13 on a partitioned table stands for its partitions. */
function listedTables(versionNum: number, { tables }: SelectedObjects): readonly CatalogTable[] {
  return tables.filter(({ isPartition, partitioned }) =>
    versionNum >= 130_000 ? !isPartition : !partitioned,
  )
}
