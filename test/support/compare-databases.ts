/**
 * Says whether two databases hold the same rows, to the byte of their text forms, however many there are. It shares
 * nothing with the engine but the settings of its sessions, so that it can judge the engine.
 *
 * Each server sums up 128-bit hashes of the rows of a table, in any order. Only where the sums differ, buckets of
 * rows are compared, and rows of differing buckets fetched.
 */
import type pg from 'pg'
import { connect, quoteIdent, quoteQualified, type ConnectionSettings } from '../../engine/index.ts'

export interface ComparedTable {
  readonly schema: string
  readonly table: string
  /** Null: there is no such table. */
  readonly sourceRows: bigint | null
  readonly targetRows: bigint | null
  /** Empty: equal. Else the first few differences, for people. */
  readonly differences: readonly string[]
}

export interface CompareOptions {
  /** Tables to leave out, as `schema.table`. */
  readonly exclude?: readonly string[]
  /** Of tables that have another name on the target, both quoted. */
  readonly namesOnTarget?: ReadonlyMap<string, string>
}

interface TableShape {
  readonly schema: string
  readonly table: string
  readonly columns: readonly string[]
}

const shapesSql = `
  select n.nspname::text as schema, c.relname::text as table,
         array(select a.attname::text from pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                order by a.attname) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind = 'r' and c.relpersistence <> 't'
     and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'godwit')
   order by 1, 2`

/** Compares all tables that hold rows: those of either database, in the order of their names on the source. */
export async function compareDatabases(
  source: ConnectionSettings,
  target: ConnectionSettings,
  { exclude = [], namesOnTarget = new Map() }: CompareOptions = {},
): Promise<{ readonly tables: readonly ComparedTable[] }> {
  await using sourceSession = await connect(source, { purpose: 'judge' })
  await using targetSession = await connect(target, { purpose: 'judge' })
  const [sourceShapes, targetShapes] = await Promise.all([
    readShapes(sourceSession),
    readShapes(targetSession),
  ])
  const tables: ComparedTable[] = []
  const named = [...sourceShapes].map(([name, shape]) => [namesOnTarget.get(name) ?? name, shape] as const)
  const expected = new Map(named)
  for (const name of new Set([...expected.keys(), ...targetShapes.keys()])) {
    const inSource = expected.get(name)
    const inTarget = targetShapes.get(name)
    const { schema, table } = (inSource ?? inTarget)!
    if (exclude.includes(`${schema}.${table}`)) continue
    tables.push(
      await compareTable(new Side(sourceSession, inSource), new Side(targetSession, inTarget), schema, table),
    )
  }
  return { tables }
}

/** The tables of a comparison that differ, each with its differences: an empty list is what a test wants to see. */
export function differencesOf(comparison: { readonly tables: readonly ComparedTable[] }): string[] {
  return comparison.tables.flatMap(({ schema, table, differences }) =>
    differences.map((difference) => `${schema}.${table}: ${difference}`),
  )
}

async function readShapes(client: pg.Client): Promise<Map<string, TableShape>> {
  const { rows } = await client.query<{ schema: string; table: string; columns: string[] }>(shapesSql)
  return new Map(rows.map((row) => [quoteQualified(row.schema, row.table), row]))
}

interface Sums {
  readonly rows: string
  readonly high: string | null
  readonly low: string | null
}

/** One table on one server. */
class Side {
  readonly shape: TableShape | undefined
  readonly #client: pg.Client

  constructor(client: pg.Client, shape: TableShape | undefined) {
    this.#client = client
    this.shape = shape
  }

  /** Text of each column by its type's own output function; columns by name, whatever their order. */
  #hashes(): string {
    const { schema, table, columns } = this.shape!
    const row = `row(${columns.map((name) => `t.${quoteIdent(name)}`).join(', ')})::text`
    return `select r.text, md5(convert_to(r.text, 'UTF8')) as hash
              from only ${quoteQualified(schema, table)} t, lateral (select ${row} as text) r`
  }

  async sums(): Promise<Sums> {
    const { rows } = await this.#client.query<Sums>(`select ${sumsSql} from (${this.#hashes()}) h`)
    return rows[0]!
  }

  async sumsOfBuckets(): Promise<Map<string, string>> {
    const { rows } = await this.#client.query<Sums & { bucket: string }>(
      `select ${bucketSql} as bucket, ${sumsSql} from (${this.#hashes()}) h group by 1`,
    )
    return new Map(rows.map(({ bucket, rows, high, low }) => [bucket, `${rows} ${high} ${low}`]))
  }

  async rowsOfBuckets(buckets: readonly string[]): Promise<string[]> {
    const { rows } = await this.#client.query<{ text: string }>(
      `select text from (${this.#hashes()}) h where ${bucketSql} = any ($1) order by hash`,
      [buckets],
    )
    return rows.map(({ text }) => text)
  }
}

const sumsSql = `
  count(*)::text as rows,
  sum(('x' || substr(h.hash, 1, 16))::bit(64)::bigint)::text as high,
  sum(('x' || substr(h.hash, 17))::bit(64)::bigint)::text as low`

/** 4,096 of them. */
const bucketSql = 'substr(h.hash, 1, 3)'

async function compareTable(
  source: Side,
  target: Side,
  schema: string,
  table: string,
): Promise<ComparedTable> {
  const compared = { schema, table, sourceRows: null, targetRows: null }
  if (source.shape === undefined || target.shape === undefined) {
    return { ...compared, differences: [`is not on the ${source.shape === undefined ? 'source' : 'target'}`] }
  }
  const [sourceColumns, targetColumns] = [source, target].map(({ shape }) => shape!.columns.join(', '))
  if (sourceColumns !== targetColumns) {
    return {
      ...compared,
      differences: [`has columns ${sourceColumns} on the source, ${targetColumns} on the target`],
    }
  }
  const [inSource, inTarget] = await Promise.all([source.sums(), target.sums()])
  const equal =
    inSource.rows === inTarget.rows && inSource.high === inTarget.high && inSource.low === inTarget.low
  return {
    schema,
    table,
    sourceRows: BigInt(inSource.rows),
    targetRows: BigInt(inTarget.rows),
    differences: equal ? [] : await describeDifferences(source, target),
  }
}

const describedBuckets = 3
const describedRows = 5
const describedLength = 300

async function describeDifferences(source: Side, target: Side): Promise<string[]> {
  const [inSource, inTarget] = await Promise.all([source.sumsOfBuckets(), target.sumsOfBuckets()])
  const buckets = [...new Set([...inSource.keys(), ...inTarget.keys()])]
    .filter((bucket) => inSource.get(bucket) !== inTarget.get(bucket))
    .slice(0, describedBuckets)
  const [sourceRows, targetRows] = await Promise.all([
    source.rowsOfBuckets(buckets),
    target.rowsOfBuckets(buckets),
  ])
  return [
    ...subtract(sourceRows, targetRows).map((row) => `only on the source: ${shorten(row)}`),
    ...subtract(targetRows, sourceRows).map((row) => `only on the target: ${shorten(row)}`),
  ]
}

/** The first few of `rows` that `others` does not hold as many times. */
function subtract(rows: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const row of others) left.set(row, (left.get(row) ?? 0) + 1)
  const extra = rows.filter((row) => {
    const count = left.get(row) ?? 0
    left.set(row, count - 1)
    return count <= 0
  })
  return extra.slice(0, describedRows)
}

function shorten(row: string): string {
  return row.length <= describedLength ? row : `${row.slice(0, describedLength)}… (${row.length} characters)`
}
