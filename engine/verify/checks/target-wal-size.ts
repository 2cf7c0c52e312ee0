import { passed, warning, type Check, type TransferContext } from '../check.ts'
import { formatBytes } from '../listing.ts'
import { oneRow } from '../one-row.ts'

/** The default of PostgreSQL. */
const defaultBytes = 1024n ** 3n

/** @see https://www.postgresql.org/docs/current/populate.html#POPULATE-MAX-WAL-SIZE */
export const targetWalSize: Check<TransferContext> = {
  name: 'target-wal-size',
  title: 'max_wal_size of the target',
  concerns: (kind) => kind.fullCopy,
  async run({ target, selected }) {
    const { bytes } = oneRow(
      await target.session.query<{ bytes: string }>(
        `select (setting::bigint * 1024 * 1024)::text as bytes from pg_catalog.pg_settings where name = 'max_wal_size'`,
      ),
    )
    const size = BigInt(bytes)
    const dataBytes = selected.tables.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0n)
    if (size >= defaultBytes || dataBytes < size) return passed(`max_wal_size is ${formatBytes(size)}.`)
    return warning(
      `max_wal_size is ${formatBytes(size)}: copying ${formatBytes(dataBytes)} makes the target write checkpoint after checkpoint.`,
      {
        remedy: 'Raise it for the time of the copy, as a superuser.',
        statements: [`ALTER SYSTEM SET max_wal_size = '4GB';`, 'SELECT pg_reload_conf();'],
      },
    )
  },
}
