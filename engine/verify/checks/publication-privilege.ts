import { quoteIdent } from '../../postgres/index.ts'
import { failed, followsChanges, passed, type Check, type SourceContext } from '../check.ts'
import { oneRow } from '../one-row.ts'

/** @see https://www.postgresql.org/docs/current/sql-createpublication.html */
export const publicationPrivilege: Check<SourceContext> = {
  name: 'publication-privilege',
  title: 'Creating a publication on the source',
  concerns: followsChanges,
  async run({ source }) {
    const { user, database } = source.settings
    const { may } = oneRow(
      await source.session.query<{ may: boolean }>(
        `select pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') as may`,
      ),
    )
    if (may) return passed(`${user} may create a publication in ${database}.`)
    return failed(`${user} lacks CREATE on the database ${database}, which a publication needs.`, {
      remedy: 'Run the statement as the owner of the database.',
      statements: [`GRANT CREATE ON DATABASE ${quoteIdent(database)} TO ${quoteIdent(user)};`],
    })
  },
}
