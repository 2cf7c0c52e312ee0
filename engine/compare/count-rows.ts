import type pg from 'pg'
import type { QualifiedName } from '../catalog/types.ts'
import { connect, toSessionError, type ConnectionSettings } from '../endpoint/index.ts'
import { GodwitError } from '../errors.ts'
import type { TableComparison } from '../ports/index.ts'
import { quoteQualified } from '../postgres/index.ts'
import type { SelectedTable } from '../selection/index.ts'

export interface CountRequest {
  readonly source: ConnectionSettings
  readonly target: ConnectionSettings
  /** Partitioned tables hold no rows and are left out: their partitions are counted. */
  readonly tables: readonly SelectedTable[]
  /** Tables at a time: so many sessions on each side. */
  readonly sessions: number
}

/**
 * Counts the rows of each table on both sides, exactly, largest tables first; the answer is in the order of
 * `tables`, by their names on the source. The counts mean something only while nobody writes.
 * @throws GodwitError STATEMENT_FAILED naming the table, CONNECTION_LOST, …; the signal's reason when aborted
 */
export async function countRows(
  request: CountRequest,
  signal: AbortSignal,
): Promise<readonly TableComparison[]> {
  const tables = request.tables.filter((table) => !table.partitioned)
  const largestFirst = tables.toSorted((a, b) =>
    a.sizeBytes === b.sizeBytes ? 0 : a.sizeBytes < b.sizeBytes ? 1 : -1,
  )
  const counted = new Map<SelectedTable, TableComparison>()
  const queue = largestFirst.values()
  const failed = new AbortController()
  const stop = AbortSignal.any([signal, failed.signal])
  const workers = Array.from({ length: Math.min(request.sessions, tables.length) }, async () => {
    try {
      await countFromQueue(queue, request, counted, stop)
    } catch (error) {
      failed.abort(error)
    }
  })
  await Promise.all(workers)
  stop.throwIfAborted()
  return tables.flatMap((table) => counted.get(table) ?? [])
}

async function countFromQueue(
  queue: Iterable<SelectedTable>,
  request: CountRequest,
  counted: Map<SelectedTable, TableComparison>,
  signal: AbortSignal,
): Promise<void> {
  await using source = await connect(request.source, { purpose: 'compare' }, signal)
  await using target = await connect(request.target, { purpose: 'compare' }, signal)
  // An iterator: each worker takes the next table when it has finished one.
  for (const table of queue) {
    signal.throwIfAborted()
    const [sourceRows, targetRows] = await Promise.all([
      countTable(source, table, 'source'),
      countTable(target, table.target, 'target'),
    ])
    counted.set(table, { schema: table.schema, table: table.name, sourceRows, targetRows })
  }
}

async function countTable(
  client: pg.Client,
  { schema, name }: QualifiedName,
  side: 'source' | 'target',
): Promise<bigint> {
  const table = quoteQualified(schema, name)
  try {
    const found = await client.query<{ rows: string }>(`select count(*)::text as rows from only ${table}`)
    const rows = found.rows[0]?.rows
    if (rows === undefined) throw new GodwitError('INTERNAL', 'A count came back without a row.')
    return BigInt(rows)
  } catch (error) {
    throw toSessionError(error, `Counting the rows of ${schema}.${name} on the ${side}`)
  }
}
