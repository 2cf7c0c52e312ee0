import { quoteLiteral } from '../../postgres/index.ts'
import { followsChanges, passed, warning, type Check, type SourceContext } from '../check.ts'
import { count, limitStatements, listNames } from '../listing.ts'

interface OpenTransaction {
  readonly pid: number | null
  readonly gid: string | null
  readonly role: string
  readonly database: string
  readonly seconds: number
}

/** Only such as have written: others are not waited for. What other roles do shows to pg_monitor only. */
const openTransactionsSql = `
  select pid, null as gid, usename::text as role, datname::text as database,
         extract(epoch from pg_catalog.clock_timestamp() - xact_start)::int as seconds
    from pg_catalog.pg_stat_activity
   where backend_xid is not null and pid <> pg_catalog.pg_backend_pid()
     and xact_start <= pg_catalog.clock_timestamp() - $1 * interval '1 millisecond'
   union all
  select null, gid, owner::text, database::text,
         extract(epoch from pg_catalog.clock_timestamp() - prepared)::int
    from pg_catalog.pg_prepared_xacts
   where prepared <= pg_catalog.clock_timestamp() - $1 * interval '1 millisecond'
   order by seconds desc`

/**
 * Creating a slot waits for every transaction that is writing then, of any database.
 * @see https://www.postgresql.org/docs/current/logicaldecoding-explanation.html
 * @param minAgeMs younger ones are taken for the ordinary work of the source
 */
export function openTransactionsOlderThan(minAgeMs: number): Check<SourceContext> {
  return {
    name: 'open-transactions',
    title: 'Long transactions on the source',
    concerns: followsChanges,
    async run({ source }) {
      const { rows } = await source.session.query<OpenTransaction>(openTransactionsSql, [minAgeMs])
      if (rows.length === 0) return passed('None: the slot can be created at once.')
      return warning(
        `${count(rows.length, 'transaction')} open for long, which the start waits for: ${listNames(rows.map(describe))}.`,
        {
          remedy: 'Wait until they have ended, or end them; the statements roll them back.',
          statements: limitStatements(rows.map(toStatement)),
        },
      )
    },
  }
}

function describe({ pid, gid, role, database, seconds }: OpenTransaction): string {
  const what = gid === null ? `pid ${pid}` : `prepared ${gid}`
  return `${what} of ${role} in ${database} (${seconds} s)`
}

function toStatement({ pid, gid }: OpenTransaction): string {
  return gid === null
    ? `SELECT pg_terminate_backend(${pid});`
    : `ROLLBACK PREPARED ${quoteLiteral(gid).trim()};`
}
