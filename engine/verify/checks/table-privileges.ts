import { userRelationSql } from '../../catalog/user-objects.ts'
import { quoteIdent } from '../../postgres/index.ts'
import { always, failed, passed, type Check, type SelectionContext } from '../check.ts'
import { count, limitStatements, listNames, listObjects, statementsFor } from '../listing.ts'

interface MissingRelation {
  readonly schema: string
  readonly name: string
  readonly kind: string
}

const missingSchemasSql = `
  select n.nspname::text as name
    from pg_catalog.pg_namespace n
   where n.nspname = any($1::text[]) and not pg_catalog.has_schema_privilege(n.oid, 'USAGE')
   order by n.nspname`

/** pg_dump locks every table of the selected schemas, also those that are left out then. */
const missingRelationsSql = `
  select n.nspname::text as schema, c.relname::text as name, c.relkind::text as kind
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where ${userRelationSql}
     and ((c.relkind in ('r', 'p') and (c.oid = any($1::oid[]) or ($2 and n.nspname = any($3::text[]))))
       or (c.relkind = 'S' and (n.nspname, c.relname) in (select * from unnest($4::text[], $5::text[]))))
     and not pg_catalog.has_table_privilege(c.oid, 'SELECT')
   order by n.nspname, c.relname`

export const tablePrivileges: Check<SelectionContext> = {
  name: 'table-privileges',
  title: 'Privileges on the tables of the source',
  concerns: always,
  async run({ source, selected, kind }) {
    const schemas = await source.session.query<{ name: string }>(missingSchemasSql, [selected.schemas])
    const relations = await source.session.query<MissingRelation>(missingRelationsSql, [
      selected.tables.map(({ oid }) => oid),
      kind.structure,
      selected.schemas,
      selected.sequences.map(({ schema }) => schema),
      selected.sequences.map(({ name }) => name),
    ])
    const { user } = source.settings
    if (schemas.rows.length + relations.rows.length === 0)
      return passed(`${user} may read all that is selected.`)
    const names = schemas.rows.map(({ name }) => name)
    const grantee = quoteIdent(user)
    return failed(
      [
        names.length > 0
          ? `${user} lacks USAGE on ${count(names.length, 'schema')}: ${listNames(names)}.`
          : '',
        relations.rows.length > 0
          ? `${user} lacks SELECT on ${count(relations.rows.length, 'relation')}: ${listObjects(relations.rows)}.`
          : '',
      ]
        .filter((sentence) => sentence !== '')
        .join(' '),
      {
        remedy: 'Run the statements as the owner of the objects or a superuser.',
        statements: limitStatements([
          ...names.map((name) => `GRANT USAGE ON SCHEMA ${quoteIdent(name)} TO ${grantee};`),
          ...statementsFor(
            relations.rows,
            (qualified, { kind }) =>
              `GRANT SELECT ON ${kind === 'S' ? 'SEQUENCE ' : ''}${qualified} TO ${grantee};`,
          ),
        ]),
      },
    )
  },
}
