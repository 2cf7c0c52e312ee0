import type pg from 'pg'
import { toSessionError } from '../endpoint/index.ts'
import { GodwitError } from '../errors.ts'
import { parseLsn, type Lsn } from './lsn.ts'

/**
 * A position of the source's log behind everything that was committed before the call. A message is written there,
 * so that a quiet source has something to send that reaches it.
 * @throws GodwitError PERMISSION_DENIED, CONNECTION_LOST
 * @see https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-REPLICATION
 */
export async function markDrainPosition(client: pg.Client): Promise<Lsn> {
  try {
    // Its commit flushes the log, also what transactions with synchronous_commit = off have left behind.
    await client.query(`begin; set local synchronous_commit = 'local'`)
    await client.query(`select pg_catalog.pg_logical_emit_message(true, 'godwit', 'drain')`)
    await client.query('commit')
    const { rows } = await client.query<{ lsn: string }>(
      'select pg_catalog.pg_current_wal_flush_lsn()::text as lsn',
    )
    const row = rows[0]
    if (row === undefined)
      throw new GodwitError('PROTOCOL_VIOLATION', 'pg_current_wal_flush_lsn returned no row.')
    return parseLsn(row.lsn)
  } catch (error) {
    throw toSessionError(error, 'Marking the position to drain to')
  }
}
