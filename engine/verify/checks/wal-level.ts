import { failed, followsChanges, passed, type Check, type SourceContext } from '../check.ts'
import { oneRow } from '../one-row.ts'

/** @see https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-WAL-LEVEL */
export const walLevel: Check<SourceContext> = {
  name: 'wal-level',
  title: 'wal_level of the source',
  concerns: followsChanges,
  async run({ source }) {
    const found = oneRow(
      await source.session.query<{ setting: string; pending_restart: boolean }>(
        `select setting, pending_restart from pg_catalog.pg_settings where name = 'wal_level'`,
      ),
    )
    if (found.setting === 'logical') return passed('wal_level is logical.')
    if (found.pending_restart) {
      return failed(`wal_level is ${found.setting}; a change of it waits for a restart.`, {
        remedy: 'Restart the source, if the change is to logical.',
      })
    }
    return failed(`wal_level is ${found.setting}; incremental sync needs logical.`, {
      remedy:
        'Run the statement as a superuser, then restart the source. Managed services have a parameter instead: ' +
        'rds.logical_replication, cloudsql.logical_decoding, or wal_level itself.',
      statements: [`ALTER SYSTEM SET wal_level = 'logical';`],
    })
  },
}
