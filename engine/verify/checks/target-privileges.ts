import { quoteIdent } from '../../postgres/index.ts'
import { always, failed, passed, type Check, type TransferContext } from '../check.ts'
import { count, limitStatements, listNames, listObjects, statementsFor } from '../listing.ts'
import { oneRow } from '../one-row.ts'
import { schemasOfRelations, schemasOnTarget } from '../target-names.ts'
import { findMissingTablePrivileges } from '../target-objects.ts'

const mayCreateSql = `
  select pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') as may_create`

/** Schemas that are there already, `public` above all. */
const closedSchemasSql = `
  select n.nspname::text as name
    from pg_catalog.pg_namespace n
   where n.nspname = any($1::text[])
     and not (pg_catalog.has_schema_privilege(n.oid, 'USAGE')
          and (not $2 or pg_catalog.has_schema_privilege(n.oid, 'CREATE')))
   order by n.nspname`

export const targetPrivileges: Check<TransferContext> = {
  name: 'target-privileges',
  title: 'Privileges on the target',
  concerns: always,
  async run({ target, selected, kind }) {
    const { session } = target
    const { may_create: mayCreate } = oneRow(await session.query<{ may_create: boolean }>(mayCreateSql))
    const closed = await session.query<{ name: string }>(closedSchemasSql, [
      kind.structure ? schemasOnTarget(selected) : schemasOfRelations(selected),
      kind.structure,
    ])
    const schemas = closed.rows.map(({ name }) => name)
    const tables = kind.structure ? [] : await findMissingTablePrivileges(session, selected)
    const { user, database } = target.settings
    if (mayCreate && schemas.length + tables.length === 0) return passed(`${user} may do all that is needed.`)

    const onSchema = kind.structure ? 'USAGE, CREATE' : 'USAGE'
    const lacks = [
      ...(mayCreate
        ? []
        : [`CREATE on the database ${database} (Godwit keeps its progress in a schema there)`]),
      ...(schemas.length === 0
        ? []
        : [`${onSchema} on ${count(schemas.length, 'schema')}: ${listNames(schemas)}`]),
      ...(tables.length === 0
        ? []
        : [`privileges on ${count(tables.length, 'relation')}: ${listObjects(tables)}`]),
    ]
    const grantee = quoteIdent(user)
    return failed(`${user} lacks ${lacks.join('; ')}.`, {
      remedy: 'Run the statements as the owner of the database and of the objects, or as a superuser.',
      statements: limitStatements([
        ...(mayCreate ? [] : [`GRANT CREATE ON DATABASE ${quoteIdent(database)} TO ${grantee};`]),
        ...schemas.map((name) => `GRANT ${onSchema} ON SCHEMA ${quoteIdent(name)} TO ${grantee};`),
        ...statementsFor(
          tables,
          (qualified, { kind }) => `GRANT ${neededOn(kind)} ${qualified} TO ${grantee};`,
        ),
      ]),
    })
  },
}

function neededOn(relationKind: string): string {
  return relationKind === 'S' ? 'SELECT, UPDATE ON SEQUENCE' : 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON'
}
