import type { SelectedObjects } from '../../selection/index.ts'
import { followsChanges, passed, warning, type Check, type SelectionContext } from '../check.ts'
import { formatBytes } from '../listing.ts'
import { oneRow } from '../one-row.ts'

/** -1 and 0 mean no limit; servers that do not know a setting have none. */
const limitsSql = `
  select coalesce(max(setting::bigint) filter (where name = 'max_slot_wal_keep_size'), -1)::text as keep_mb,
         coalesce(max(setting::bigint) filter (where name = 'idle_replication_slot_timeout'), 0)::int as idle
    from pg_catalog.pg_settings`

const gigabyte = 1024n ** 3n

/**
 * While rows are copied the slot holds back the WAL; a source that drops it all the same breaks the migration.
 * @see https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-MAX-SLOT-WAL-KEEP-SIZE
 */
export const walRetention: Check<SelectionContext> = {
  name: 'wal-retention',
  title: 'WAL kept by the source',
  concerns: followsChanges,
  async run({ source, selected }) {
    const { keep_mb: keepMb, idle } = oneRow(
      await source.session.query<{ keep_mb: string; idle: number }>(limitsSql),
    )
    const keepBytes = BigInt(keepMb) * 1024n ** 2n
    const dataBytes = sizeOf(selected)
    const wantedBytes = dataBytes > gigabyte ? dataBytes : gigabyte
    const tooSmall = keepBytes >= 0n && keepBytes < wantedBytes
    if (!tooSmall && idle === 0) return passed('The source keeps what the slot needs.')
    const reasons = [
      tooSmall
        ? `max_slot_wal_keep_size is ${formatBytes(keepBytes)}, and ${formatBytes(dataBytes)} are to be copied.`
        : '',
      idle > 0 ? 'idle_replication_slot_timeout is set, and the slot is idle during the full copy.' : '',
    ]
    return warning(`The source may drop the slot before the copy has ended: ${reasons.join(' ').trim()}`, {
      remedy: 'Lift the limit for as long as the migration lasts, and watch the disk of the source.',
      statements: [
        ...(tooSmall ? ['ALTER SYSTEM SET max_slot_wal_keep_size = -1;'] : []),
        ...(idle > 0 ? ['ALTER SYSTEM SET idle_replication_slot_timeout = 0;'] : []),
        'SELECT pg_reload_conf();',
      ],
    })
  },
}

function sizeOf({ tables }: SelectedObjects): bigint {
  return tables.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0n)
}
