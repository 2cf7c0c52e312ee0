import { followsChanges, passed, warning, type Check, type SelectionContext } from '../check.ts'
import { count, listObjects, statementsFor } from '../listing.ts'

/** @see https://www.postgresql.org/docs/current/logical-replication-restrictions.html */
export const unloggedTables: Check<SelectionContext> = {
  name: 'unlogged-tables',
  title: 'Unlogged tables',
  concerns: followsChanges,
  async run({ selected }) {
    const rows = selected.tables.filter(({ logged, partitioned }) => !logged && !partitioned)
    if (rows.length === 0) return passed('None.')
    return warning(
      `PostgreSQL does not replicate changes of unlogged tables: ${count(rows.length, 'table')} will be as of the full copy: ` +
        `${listObjects(rows)}.`,
      {
        remedy: 'Make them ordinary tables, which rewrites them, or exclude them, or accept what is missing.',
        statements: statementsFor(rows, (qualified) => `ALTER TABLE ${qualified} SET LOGGED;`),
      },
    )
  },
}
