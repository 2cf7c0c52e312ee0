import { failed, followsChanges, passed, type Check, type SourceContext } from '../check.ts'
import { count } from '../listing.ts'
import { oneRow } from '../one-row.ts'

const walSendersSql = `
  select pg_catalog.current_setting('max_wal_senders')::int as max,
         (select count(*)::int from pg_catalog.pg_stat_replication) as used`

/** @see https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-MAX-WAL-SENDERS */
export const walSenders: Check<SourceContext> = {
  name: 'wal-senders',
  title: 'Free WAL sender on the source',
  concerns: followsChanges,
  async run({ source }) {
    const { max, used } = oneRow(await source.session.query<{ max: number; used: number }>(walSendersSql))
    if (used < max) return passed(`${used} of ${count(max, 'WAL sender')} are in use.`)
    return failed(`All of ${count(max, 'WAL sender')} are in use; the migration needs one.`, {
      remedy: 'Run the statement as a superuser, then restart the source.',
      statements: [`ALTER SYSTEM SET max_wal_senders = ${max + 10};`],
    })
  },
}
