import type pg from 'pg'
import { readProgress } from '../bookkeeping/index.ts'
import { userRelationSql } from '../catalog/user-objects.ts'
import { connect, toSessionError, type ConnectionSettings } from '../endpoint/index.ts'
import { GodwitError } from '../errors.ts'
import type {
  CutoverMeasurement,
  CutoverSubject,
  CutoverWarning,
  Fencing,
  SampledLag,
} from '../ports/index.ts'
import { formatLsn, type Lsn } from '../replication/lsn.ts'
import { resolveSelection, type SelectedObjects } from '../selection/index.ts'
import { findFenceObstacles } from './fence-obstacles.ts'
import { warnOfOthers } from './other-migrations.ts'

export interface MeasureRequest extends CutoverSubject {
  readonly source: ConnectionSettings
  readonly target: ConnectionSettings
  readonly fencing: Fencing
}

/** A server that takes longer to say how it is cannot be cut over from in a short pause. */
const timeoutMs = 20_000

/** Transactions that are open for so long are not the ordinary work of the source. */
const longTransactionSeconds = 60

/**
 * Looks at source and target as a cutover would find them, without touching either: reads only, and leaves the slot
 * to the applier.
 * @throws GodwitError ENDPOINT_…, CONNECTION_LOST (also after 20 s), PERMISSION_DENIED, BAD_INPUT
 */
export async function measureCutover(
  request: MeasureRequest,
  signal: AbortSignal,
): Promise<CutoverMeasurement> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  try {
    return await measure(request, limit)
  } catch (error) {
    signal.throwIfAborted()
    throw toSessionError(limit.aborted ? limit.reason : error, 'Measuring for the cutover')
  }
}

async function measure(request: MeasureRequest, signal: AbortSignal): Promise<CutoverMeasurement> {
  const { migration, stream, fencing } = request
  const purpose = `${migration.shortId} measure`
  await using source = await connect(request.source, { purpose }, signal)
  await using target = await connect(request.target, { purpose }, signal)
  const progress = await readProgress(target, { migrationId: migration.id, stream: stream.name })
  const selected = await resolveSelection(source, migration.selection)
  const longest = await readLongestTransaction(source)
  const applied = furthest([progress.commitEndLsn, stream.consistentPoint, request.sampledLag?.appliedLsn])
  const bytes = await readLagBytes(source, stream.slotName, applied)
  return {
    lagBytes: bytes,
    lagSeconds: bytes === 0n ? 0 : secondsBehind(request.sampledLag),
    sequences: selected.sequences.length,
    materializedViews: await countMaterializedViews(source, selected),
    ...sumTables(selected),
    longestTransactionSeconds: longest,
    warnings: [
      ...(await findFenceObstacles(source, fencing)),
      ...warnOfOthers(request.others, fencing),
      ...warnOfTransaction(longest),
    ],
  }
}

/**
 * The last transaction that was applied is not all: where the applier has since told the slot, or its sample, that
 * nothing was left for it, log that is about other databases does not count.
 */
function furthest(positions: readonly (Lsn | null | undefined)[]): Lsn | null {
  return positions.reduce<Lsn | null>(
    (far, lsn) => (lsn != null && (far === null || lsn > far) ? lsn : far),
    null,
  )
}

const lagSql = `
  select greatest(
           (case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_wal_replay_lsn()
                 else pg_catalog.pg_current_wal_lsn() end)
             - greatest(s.confirmed_flush_lsn, $2::pg_lsn), 0)::int8::text as bytes
    from pg_catalog.pg_replication_slots s
   where s.slot_name = $1`

async function readLagBytes(source: pg.Client, slotName: string, applied: Lsn | null): Promise<bigint> {
  const parameters = [slotName, applied === null ? null : formatLsn(applied)]
  const row = (await source.query<{ bytes: string }>(lagSql, parameters)).rows[0]
  if (row === undefined) throw new GodwitError('SLOT_LOST', `The source has no replication slot ${slotName}.`)
  return BigInt(row.bytes)
}

/** The applier alone knows what it has not applied; since its last word at most that much time was added. */
function secondsBehind(sampled: SampledLag | null): number {
  return sampled === null ? 0 : sampled.seconds + sampled.ageSeconds
}

/** What other roles do shows to members of pg_monitor only. */
const longestTransactionSql = `
  select coalesce(max(extract(epoch from pg_catalog.clock_timestamp() - xact_start)), 0)::float8 as seconds
    from pg_catalog.pg_stat_activity
   where datname = pg_catalog.current_database() and application_name not like 'godwit %'
     and backend_type = 'client backend'`

async function readLongestTransaction(source: pg.Client): Promise<number> {
  return (await source.query<{ seconds: number }>(longestTransactionSql)).rows[0]?.seconds ?? 0
}

function warnOfTransaction(seconds: number): readonly CutoverWarning[] {
  if (seconds < longTransactionSeconds) return []
  return [
    {
      code: 'LONG_TRANSACTION',
      message: `A transaction has been open on the source for ${Math.round(seconds)} s.`,
      remedy: 'Wait until it has ended, or end it: what it writes may come too late, or hold up the fence.',
    },
  ]
}

const viewsSql = `
  select count(*)::int as views
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind = 'm' and c.relispopulated and ($1 or n.nspname = any($2::text[])) and ${userRelationSql}`

async function countMaterializedViews(source: pg.Client, selected: SelectedObjects): Promise<number> {
  const counted = await source.query<{ views: number }>(viewsSql, [selected.whole, selected.schemas])
  return counted.rows[0]?.views ?? 0
}

/** Partitions hold the rows, not the partitioned table above them. */
function sumTables({ tables }: SelectedObjects): Pick<CutoverMeasurement, 'tables' | 'tableBytes'> {
  const withRows = tables.filter(({ partitioned }) => !partitioned)
  return {
    tables: withRows.length,
    tableBytes: withRows.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0n),
  }
}
