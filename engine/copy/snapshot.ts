import type pg from 'pg'
import { connect, toSessionError, type ConnectionSettings, type Session } from '../endpoint/index.ts'
import { GodwitError } from '../errors.ts'
import { quoteLiteral, sqlState, sqlStateOf } from '../postgres/index.ts'

/** A snapshot that others can import as long as it is not disposed of. */
export interface OpenSnapshot extends AsyncDisposable {
  readonly snapshotId: string
}

const beginSql = 'begin transaction isolation level repeatable read read only'

/** What the source says of a snapshot that it does not have any more; which of them depends on its version. */
const lostSnapshotStates: ReadonlySet<string> = new Set([
  sqlState.invalidParameterValue,
  sqlState.undefinedObject,
  sqlState.objectNotInPrerequisiteState,
])

/** Takes a snapshot for a copy that no changes follow; with changes, the slot brings its own. */
export async function openSnapshot(source: ConnectionSettings, signal: AbortSignal): Promise<OpenSnapshot> {
  const session = await connect(source, { purpose: 'snapshot' }, signal)
  try {
    await session.query(beginSql)
    const exported = await session.query<{ id: string }>('select pg_catalog.pg_export_snapshot() as id')
    const snapshotId = exported.rows[0]?.id
    if (snapshotId === undefined) throw new GodwitError('INTERNAL', 'The source exported no snapshot.')
    return { snapshotId, [Symbol.asyncDispose]: () => session[Symbol.asyncDispose]() }
  } catch (error) {
    await session[Symbol.asyncDispose]()
    signal.throwIfAborted()
    throw toSessionError(error, 'Taking a snapshot of the source')
  }
}

/**
 * A session on the source that sees the database as of the snapshot. Its transaction, and so its locks, last as
 * long as it does.
 * @throws GodwitError SNAPSHOT_LOST when whoever exported the snapshot is gone, CONNECTION_LOST, ENDPOINT_…
 * @see https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-SNAPSHOT-SYNCHRONIZATION
 */
export async function openSnapshotSession(
  source: ConnectionSettings,
  { snapshotId, clientEncoding }: { readonly snapshotId: string; readonly clientEncoding: string },
  signal: AbortSignal,
): Promise<Session> {
  const settings = { client_encoding: clientEncoding }
  const session = await connect(source, { purpose: 'full copy', settings }, signal)
  try {
    await session.query(beginSql)
    await session.query(`set transaction snapshot ${quoteLiteral(snapshotId)}`)
    return session
  } catch (error) {
    await session[Symbol.asyncDispose]()
    signal.throwIfAborted()
    if (lostSnapshotStates.has(sqlStateOf(error) ?? '')) {
      throw new GodwitError(
        'SNAPSHOT_LOST',
        `The source does not have the snapshot ${snapshotId} any more.`,
        {
          cause: error,
        },
      )
    }
    throw toSessionError(error, 'Using the snapshot of the source')
  }
}

const replacedSql = `
  select c.relfilenode is distinct from pg_catalog.pg_relation_filenode(c.oid) as rewritten,
         c.oid <> $2::pg_catalog.regclass::pg_catalog.oid as renamed
    from pg_catalog.pg_class c where c.oid = $1`

/**
 * Whether the table got other files, or its name went to another table, since the snapshot was taken. TRUNCATE and
 * rewriting ALTER TABLE do not keep the rows that older snapshots should see, and VACUUM FULL and CLUSTER move them
 * to other pages. To be asked when the session has locked the table, so that the answer stays true.
 *
 * The row of pg_class is read as of the snapshot, while functions and casts look up the catalog as it is now.
 * @see https://www.postgresql.org/docs/current/mvcc-caveats.html
 */
export async function wasReplaced(
  session: pg.Client,
  table: { readonly oid: number; readonly quotedName: string },
): Promise<{ readonly rewritten: boolean; readonly renamed: boolean }> {
  const found = await session.query<{ rewritten: boolean; renamed: boolean }>(replacedSql, [
    table.oid,
    table.quotedName,
  ])
  return found.rows[0] ?? { rewritten: false, renamed: true }
}
