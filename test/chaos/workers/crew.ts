import { Client } from 'pg'
import { TestMigration, type TestControl } from '../../support/control.ts'
import { waitFor, type TestDatabase } from '../../support/servers.ts'
import type { WorkerProcess } from '../../support/worker-process.ts'

/** Waits until one of the workers has the migration. */
export async function waitForOwner(
  { stores }: TestControl,
  migration: TestMigration,
  workers: readonly WorkerProcess[],
): Promise<WorkerProcess> {
  return await waitFor(
    async () => {
      const owner = await stores.migrations.worker(migration.id)
      return workers.find((worker) => worker.owner === owner)
    },
    {
      timeoutMs: 60_000,
      describe: async () => `an owner among ${workers.length} (${await migration.situation()})`,
    },
  )
}

/** The epoch under which the migration is owned, or was last. */
export async function readEpoch({ databaseUrl }: TestControl, { id }: TestMigration): Promise<bigint> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const sql = 'select epoch::text as epoch from godwit_control.leases where migration_id = $1'
    const { rows } = await client.query<{ epoch: string }>(sql, [id])
    return BigInt(rows[0]?.epoch ?? 0)
  } finally {
    await client.end()
  }
}

/** Writes to the table `item`, a row a transaction, until stopped or disposed of. */
export interface ItemWriter extends AsyncDisposable {
  /** Resolves with the number of rows that were committed. */
  stop(): Promise<number>
}

const pauseMs = 5

export async function startItemWriter(source: TestDatabase): Promise<ItemWriter> {
  const client = await source.connect()
  const stopping = new AbortController()
  const write = async (): Promise<number> => {
    let count = 0
    while (!stopping.signal.aborted) {
      await client.query(
        `with added as (insert into item (note) values ('added') returning id)
         update item set note = 'changed' where id = (select id / 2 from added)`,
      )
      count += 1
      await client.query('select pg_sleep($1)', [pauseMs / 1_000])
    }
    return count
  }
  const writing = write()
  const stop = async () => {
    stopping.abort()
    return await writing
  }
  return { stop, [Symbol.asyncDispose]: async () => void (await stop()) }
}

export const itemsSql = `
  create table item (id bigserial primary key, note text);
  insert into item (note) select 'item ' || i from generate_series(1, 2000) i`

/** Waits until a row that is written now is on the target. */
export async function waitForArrival(
  source: TestDatabase,
  target: TestDatabase,
  migration: TestMigration,
): Promise<void> {
  const { rows } = await source.query<{ id: string }>(
    `insert into item (note) values ('mark') returning id::text`,
  )
  await waitFor(
    async () =>
      (await target.query('select from item where id = $1', [rows[0]?.id]).catch(() => null))?.rowCount === 1,
    { timeoutMs: 60_000, describe: () => migration.situation() },
  )
}
