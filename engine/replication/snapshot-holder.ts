import { connect, type ConnectionSettings, type Session } from '../endpoint/index.ts'
import { GodwitError } from '../errors.ts'
import { quoteLiteral } from '../postgres/index.ts'

/** A session that keeps a snapshot alive and lends it to others. Disposing of it lets go. */
export interface SnapshotHolder extends AsyncDisposable {
  readonly snapshotId: string
  /** False from when its connection is gone. */
  readonly isAlive: () => boolean
}

/**
 * Imports an exported snapshot and exports it again, so that it outlives the session that exported it first.
 * @see https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-SNAPSHOT-SYNCHRONIZATION
 */
export async function holdSnapshot(
  source: ConnectionSettings,
  importedId: string,
  signal: AbortSignal,
): Promise<SnapshotHolder> {
  const session = await connect(source, { purpose: 'snapshot' }, signal)
  try {
    const snapshotId = await importAndExport(session, importedId)
    let alive = true
    session.once('end', () => {
      alive = false
    })
    return { snapshotId, isAlive: () => alive, [Symbol.asyncDispose]: () => session[Symbol.asyncDispose]() }
  } catch (error) {
    await session[Symbol.asyncDispose]()
    throw error
  }
}

async function importAndExport(session: Session, importedId: string): Promise<string> {
  await session.query('begin isolation level repeatable read, read only')
  await session.query(`set transaction snapshot ${quoteLiteral(importedId)}`)
  const { rows } = await session.query<{ id: string }>('select pg_catalog.pg_export_snapshot() as id')
  const row = rows[0]
  if (row === undefined) throw new GodwitError('PROTOCOL_VIOLATION', 'pg_export_snapshot returned no row.')
  return row.id
}
