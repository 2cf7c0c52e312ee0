import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type pg from 'pg'
import { type IncrementalProgress, runIncremental, type Waypoints } from '../../../engine/apply/index.ts'
import type { BatchLimits } from '../../../engine/apply/gatherer.ts'
import { type Guard, type Progress, takeOver } from '../../../engine/bookkeeping/index.ts'
import { quoteIdent, quoteQualified } from '../../../engine/index.ts'
import {
  createPublication,
  createSlot,
  identifySystem,
  type Lsn,
  markDrainPosition,
} from '../../../engine/replication/index.ts'
import { settingsOf } from '../../support/connection.ts'
import { type Renaming, sameNames } from '../../support/renaming.ts'
import { selectAll } from '../../support/select-all.ts'
import { createDatabase, type TestDatabase } from '../../support/servers.ts'
import { silentLog } from '../../support/start-server.ts'

export interface ReplicaOptions {
  /** DDL that runs on both sides before the slot is made. */
  readonly schema: string
  /** Runs on the source after `schema`, and on the target too: the rows that a full copy would have brought. */
  readonly rows?: string
  readonly replicaRole?: boolean
  readonly renaming?: Renaming
}

interface CatchUpOptions {
  readonly limits?: BatchLimits
  readonly signal?: AbortSignal
  readonly guard?: Guard
  readonly stopAt?: Lsn | null
  readonly waypoints?: Waypoints
  readonly onProgress?: (progress: IncrementalProgress) => void
}

/** A source with a slot, a target with the same tables, and what is needed to bring changes over. */
export interface Replica extends AsyncDisposable {
  readonly source: TestDatabase
  readonly target: TestDatabase
  readonly guard: Guard
  readonly slotName: string
  readonly publicationName: string
  readonly startLsn: Lsn
  /** Applies everything that the source has committed by now. */
  catchUp(options?: CatchUpOptions): Promise<Progress>
  /** Applies until aborted, or until `stopAt`. */
  follow(options: CatchUpOptions): Promise<Progress>
  /** Compares all tables of the source with those of the target, row by row. */
  expectEqual(): Promise<void>
}

export async function createReplica(options: ReplicaOptions): Promise<Replica> {
  await using stack = new AsyncDisposableStack()
  const source = stack.use(await createDatabase('source'))
  const target = stack.use(await createDatabase('target'))
  for (const database of [source, target]) {
    await database.query(options.schema)
    if (options.rows !== undefined) await database.query(options.rows)
  }
  const { renames, sql, namesOnTarget } = options.renaming ?? sameNames
  await target.query(sql)
  const guard: Guard = { migrationId: randomUUID(), stream: 'main', epoch: 1n }
  const slotName = `godwit_${source.name}`
  const publicationName = `Godwit "${source.name}"`
  const never = new AbortController().signal
  await using session = await source.connect()
  await createPublication(session, {
    name: publicationName,
    selected: await selectAll(session, renames),
  })
  await using slot = await createSlot({ source: settingsOf(source), slotName, log: silentLog }, never)
  const system = await identifySystem(settingsOf(source), never)
  await using targetSession = await target.connect()
  await takeOver(targetSession, guard)

  const follow = (followOptions: CatchUpOptions) =>
    runIncremental(
      {
        source: settingsOf(source),
        target: settingsOf(target),
        guard: followOptions.guard ?? guard,
        renames,
        slotName,
        publicationName,
        startLsn: slot.consistentPoint,
        systemIdentifier: system.systemIdentifier,
        timeline: system.timeline,
        replicaRole: options.replicaRole ?? true,
        onProgress: followOptions.onProgress ?? (() => {}),
        ...(followOptions.limits !== undefined && { limits: followOptions.limits }),
        ...(followOptions.stopAt != null && { stopAt: followOptions.stopAt }),
        ...(followOptions.waypoints !== undefined && { waypoints: followOptions.waypoints }),
      },
      followOptions.signal ?? never,
    )
  const kept = stack.move()
  return {
    source,
    target,
    guard,
    slotName,
    publicationName,
    startLsn: slot.consistentPoint,
    follow,
    catchUp: async (catchUpOptions = {}) => {
      await using marker = await source.connect()
      return await follow({ ...catchUpOptions, stopAt: await markDrainPosition(marker) })
    },
    expectEqual: async () => expect(await readAll(target)).toEqual(await readAll(source, namesOnTarget)),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** Every row of every table as text, sorted, by the name of the table or the one that is given in its place. */
async function readAll(
  database: TestDatabase,
  names: ReadonlyMap<string, string> = new Map(),
): Promise<Record<string, string[]>> {
  await using client = await database.connect({
    options: '-c extra_float_digits=3 -c TimeZone=UTC -c lc_monetary=C -c IntervalStyle=postgres',
  })
  const tables = await client.query<{ schema: string; name: string; columns: string[] }>(
    `select n.nspname as schema, c.relname as name,
            (select json_agg(a.attname order by a.attname) from pg_attribute a
              where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'godwit')
        and c.relpersistence = 'p'
      order by 1, 2`,
  )
  const all: Record<string, string[]> = {}
  for (const { schema, name, columns } of tables.rows) {
    const table = quoteQualified(schema, name)
    all[names.get(table) ?? table] = await readRows(client, table, columns)
  }
  return all
}

async function readRows(client: pg.Client, table: string, columns: readonly string[]): Promise<string[]> {
  const list = columns.map((column) => `t.${quoteIdent(column)}`).join(', ')
  const { rows } = await client.query<{ row: string }>(
    `select row(${list})::text as row from only ${table} t order by row(${list})::text collate "C"`,
  )
  return rows.map(({ row }) => row)
}
