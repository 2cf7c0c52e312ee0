import { waitFor, type TestDatabase } from './servers.ts'

/** Waits until so many sessions of the database wait for a lock; those of other tests do not count. */
export async function waitForBlocked(database: TestDatabase, count = 1): Promise<void> {
  await waitFor(
    async () => {
      const { rows } = await database.query<{ blocked: number }>(
        `select count(*)::int as blocked from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return (rows[0]?.blocked ?? 0) >= count
    },
    { describe: `${count} sessions to wait for a lock` },
  )
}
