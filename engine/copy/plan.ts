import type pg from 'pg'
import { GodwitError } from '../errors.ts'
import type { SelectedTable } from '../selection/index.ts'
import type { PageRange } from './statements.ts'

/** One table, or a range of its pages, that is copied in one transaction. */
export interface Part {
  readonly table: SelectedTable
  /** 0, 1, 2 … */
  readonly number: number
  /** Null: the whole table. */
  readonly pages: PageRange | null
}

export interface CopyPlan {
  /** In the order in which they are to begin. */
  readonly parts: readonly Part[]
  /** How both sides are to send and read text. */
  readonly clientEncoding: string
}

interface PlanRequest {
  readonly tables: readonly SelectedTable[]
  /** A table above this, TOAST included, is cut into parts of about this size. */
  readonly splitBytes: number
}

/** Before 14 the server reads the whole table for every range of ctid. */
const firstVersionWithRangeScans = 140_000

/**
 * Largest tables first, so that no long one is left for the end. Partitioned tables hold no rows and are left out.
 * A table may have grown since the snapshot, which only makes the last part longer.
 */
export async function planCopy(source: pg.Client, { tables, splitBytes }: PlanRequest): Promise<CopyPlan> {
  const facts = await readFacts(source)
  const largestFirst = tables
    .filter((table) => !table.partitioned)
    .toSorted((a, b) => (a.sizeBytes === b.sizeBytes ? 0 : a.sizeBytes < b.sizeBytes ? 1 : -1))
  const parts: Part[] = []
  for (const table of largestFirst) {
    const count = facts.canSplit ? Math.ceil(Number(table.sizeBytes) / splitBytes) : 1
    parts.push(...(count > 1 ? cutTable(table, await countPages(source, table), count) : [wholeTable(table)]))
  }
  return { parts, clientEncoding: facts.clientEncoding }
}

interface SourceFacts {
  readonly canSplit: boolean
  readonly clientEncoding: string
}

async function readFacts(source: pg.Client): Promise<SourceFacts> {
  const found = await source.query<{ version: number; encoding: string }>(
    `select pg_catalog.current_setting('server_version_num')::int as version,
            pg_catalog.current_setting('server_encoding') as encoding`,
  )
  const row = found.rows[0]
  if (row === undefined) throw new GodwitError('INTERNAL', 'The source did not tell its version.')
  return {
    canSplit: row.version >= firstVersionWithRangeScans,
    // Nobody knows how such text is encoded: it has to go as it is, and the target checks it.
    clientEncoding: row.encoding === 'SQL_ASCII' ? 'SQL_ASCII' : 'UTF8',
  }
}

async function countPages(source: pg.Client, table: SelectedTable): Promise<number> {
  const found = await source.query<{ pages: string }>(
    `select pg_catalog.pg_relation_size($1::pg_catalog.oid::pg_catalog.regclass)
            / pg_catalog.current_setting('block_size')::bigint as pages`,
    [table.oid],
  )
  return Number(found.rows[0]?.pages ?? 0)
}

function wholeTable(table: SelectedTable): Part {
  return { table, number: 0, pages: null }
}

/** Equal numbers of pages; the last part is open, and there are never more parts than pages. */
function cutTable(table: SelectedTable, pageCount: number, wanted: number): readonly Part[] {
  const count = Math.min(wanted, pageCount)
  if (count <= 1) return [wholeTable(table)]
  return Array.from({ length: count }, (_, number) => ({
    table,
    number,
    pages: {
      from: Math.floor((pageCount * number) / count),
      to: number === count - 1 ? null : Math.floor((pageCount * (number + 1)) / count),
    },
  }))
}
