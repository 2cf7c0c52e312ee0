import type pg from 'pg'
import { inGuardedTransaction, markCopied, type Guard } from '../bookkeeping/index.ts'
import { GodwitError } from '../errors.ts'
import { quoteQualified } from '../postgres/index.ts'
import { chooseFormat, copiedColumns } from './columns.ts'
import { toCopyError } from './copy-error.ts'
import { pipeCopy } from './pipe.ts'
import type { Part } from './plan.ts'
import type { TableTracker } from './progress.ts'
import { wasReplaced } from './snapshot.ts'
import { copyInSql, copyOutSql } from './statements.ts'
import { canTruncate, emptyTableSql, readTargetTable, type TargetTable } from './target-table.ts'

/** One worker's pair. The source's transaction sees the snapshot. */
export interface CopySessions {
  readonly source: pg.Client
  readonly target: pg.Client
}

export interface PartJob {
  readonly part: Part
  readonly guard: Guard
  readonly tracker: TableTracker
  /** Of a table in parts: empties it once, whichever part comes first. */
  readonly emptied: ((empty: () => Promise<void>) => Promise<void>) | null
}

/**
 * Copies a table or a part of one in one transaction of the target, which only the owner can commit.
 * @throws GodwitError COPY_FAILED, SNAPSHOT_LOST, CONNECTION_LOST, LEASE_LOST, LOCK_TIMEOUT, PERMISSION_DENIED
 */
export async function copyPart(sessions: CopySessions, job: PartJob): Promise<void> {
  const { table } = job.part
  job.tracker.start()
  try {
    const target = await readTargetTable(sessions.target, table.target)
    const correction = await (job.emptied === null
      ? copyWholeTable(sessions, job, target)
      : copyIntoEmptied(sessions, job, target, job.emptied))
    job.tracker.finish(correction)
  } catch (error) {
    throw toCopyError(table, 'target', error)
  }
}

async function copyWholeTable(sessions: CopySessions, job: PartJob, target: TargetTable): Promise<bigint> {
  return await inGuardedTransaction(sessions.target, job.guard, async () => {
    await sessions.target.query(emptyTableSql(job.part.table.target, target))
    return await copyRows(sessions, job, target)
  })
}

async function copyIntoEmptied(
  sessions: CopySessions,
  job: PartJob,
  target: TargetTable,
  emptied: NonNullable<PartJob['emptied']>,
): Promise<bigint> {
  await emptied(() =>
    inGuardedTransaction(sessions.target, job.guard, async () => {
      await sessions.target.query(emptyTableSql(job.part.table.target, target))
    }),
  )
  return await inGuardedTransaction(sessions.target, job.guard, () => copyRows(sessions, job, target))
}

/** Returns the rows that the progress does not know of. */
async function copyRows(sessions: CopySessions, job: PartJob, target: TargetTable): Promise<bigint> {
  const { part, guard, tracker } = job
  const { table } = part
  const columns = copiedColumns(table.columns)
  const format = chooseFormat(columns, target)
  let countedRows = 0n
  let bytes = 0n
  const rows = await pipeCopy({
    ...sessions,
    copyOutSql: copyOutSql(table, columns, { format, pages: part.pages }),
    copyInSql: copyInSql(table.target, columns, {
      format,
      freeze: job.emptied === null && canTruncate(target),
    }),
    onProgress: (newRows, newBytes) => {
      countedRows += BigInt(newRows)
      bytes += BigInt(newBytes)
      tracker.add(BigInt(newRows), BigInt(newBytes))
    },
    toError: (side, error) => toCopyError(table, side, error),
  })
  await assertNothingMissed(sessions.source, part, rows)
  await markCopied(sessions.target, guard, {
    schema: table.schema,
    table: table.name,
    part: part.number,
    rows,
    bytes,
  })
  return rows - countedRows
}

/**
 * A rewritten table matters only where rows may have gone: from pages to other pages between two parts, or all of
 * them. Rows that the snapshot still shows are the right ones.
 * @throws GodwitError SNAPSHOT_LOST
 */
async function assertNothingMissed(source: pg.Client, { table, pages }: Part, rows: bigint): Promise<void> {
  const quotedName = quoteQualified(table.schema, table.name)
  const { rewritten, renamed } = await wasReplaced(source, { oid: table.oid, quotedName }).catch(
    (error: unknown) => {
      throw toCopyError(table, 'source', error)
    },
  )
  if (!renamed && !(rewritten && (pages !== null || rows === 0n))) return
  throw new GodwitError(
    'SNAPSHOT_LOST',
    `${table.schema}.${table.name} was truncated, rewritten or replaced on the source after the snapshot was taken.`,
  )
}
