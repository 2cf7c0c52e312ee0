import { movesRows, passed, warning, type Check, type SourceContext } from '../check.ts'
import { count } from '../listing.ts'
import { oneRow } from '../one-row.ts'

/** @see https://www.postgresql.org/docs/current/logical-replication-restrictions.html */
export const largeObjects: Check<SourceContext> = {
  name: 'large-objects',
  title: 'Large objects',
  concerns: movesRows,
  async run({ source }) {
    const { number } = oneRow(
      await source.session.query<{ number: number }>(
        'select count(*)::int as number from pg_catalog.pg_largeobject_metadata',
      ),
    )
    if (number === 0) return passed('None.')
    return warning(`${count(number, 'large object')} in the database, which will not be moved.`, {
      remedy:
        'Move them by pg_dump --large-objects (--blobs before 16) when writes have stopped, or keep them as bytea.',
    })
  },
}
