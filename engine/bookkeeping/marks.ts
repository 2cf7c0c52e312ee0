import type pg from 'pg'
import type { Guard } from './bookkeeping.ts'

export interface CopiedPart {
  readonly schema: string
  readonly table: string
  readonly part: number
  readonly rows: bigint
  readonly bytes: bigint
}

/** Notes, in the caller's transaction, that the rows of a part are in it. */
export async function markCopied(client: pg.Client, guard: Guard, part: CopiedPart): Promise<void> {
  await client.query(
    `insert into godwit.copied_part (migration_id, stream, schema_name, table_name, part, rows, bytes)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [guard.migrationId, guard.stream, part.schema, part.table, part.part, part.rows, part.bytes],
  )
}

/** What was copied: all parts whose transactions have committed. */
export async function readCopied(
  client: pg.Client,
  guard: Omit<Guard, 'epoch'>,
): Promise<readonly CopiedPart[]> {
  const found = await client.query<{
    schema: string
    table: string
    part: number
    rows: string
    bytes: string
  }>(
    `select schema_name as schema, table_name as table, part, rows::text as rows, bytes::text as bytes
       from godwit.copied_part where migration_id = $1 and stream = $2
      order by schema_name, table_name, part`,
    [guard.migrationId, guard.stream],
  )
  return found.rows.map((row) => ({ ...row, rows: BigInt(row.rows), bytes: BigInt(row.bytes) }))
}

/** Forgets what was copied, in the caller's transaction, before a full copy starts over. */
export async function clearCopied(client: pg.Client, guard: Guard): Promise<void> {
  await client.query('delete from godwit.copied_part where migration_id = $1 and stream = $2', [
    guard.migrationId,
    guard.stream,
  ])
}

/** Notes, in the caller's transaction, that the statement with this digest has run. */
export async function markRestored(client: pg.Client, guard: Guard, digest: string): Promise<void> {
  await client.query(
    'insert into godwit.restored_object (migration_id, stream, digest) values ($1, $2, $3) on conflict do nothing',
    [guard.migrationId, guard.stream, digest],
  )
}

/** The digests of the statements that have run. */
export async function readRestored(client: pg.Client, guard: Guard): Promise<ReadonlySet<string>> {
  const found = await client.query<{ digest: string }>(
    'select digest from godwit.restored_object where migration_id = $1 and stream = $2',
    [guard.migrationId, guard.stream],
  )
  return new Set(found.rows.map((row) => row.digest))
}
