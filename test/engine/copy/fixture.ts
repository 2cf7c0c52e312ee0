import { randomUUID } from 'node:crypto'
import { takeOver, type Guard } from '../../../engine/bookkeeping/index.ts'
import { copyTables, openSnapshot, type CopyRequest } from '../../../engine/copy/index.ts'
import type { TableProgress } from '../../../engine/index.ts'
import { compareDatabases, differencesOf } from '../../support/compare-databases.ts'
import { settingsOf } from '../../support/connection.ts'
import { type Renaming, sameNames } from '../../support/renaming.ts'
import { selectAll } from '../../support/select-all.ts'
import {
  type AnyServer,
  createDatabase,
  type TestDatabase,
  type TestDatabaseOptions,
  waitFor,
} from '../../support/servers.ts'

export interface CopyFixture extends AsyncDisposable {
  readonly source: TestDatabase
  readonly target: TestDatabase
  readonly guard: Guard
  /** Progress as it was told, of all copies. */
  readonly progress: readonly TableProgress[]
  /** Copies all tables of the source, under a snapshot of now unless one is given. */
  copy(options?: Partial<CopyRequest>, signal?: AbortSignal): Promise<{ rows: bigint; bytes: bigint }>
  /** What is not the same on both sides. */
  differences(): Promise<string[]>
}

interface FixtureOptions {
  readonly source?: TestDatabaseOptions
  readonly target?: TestDatabaseOptions
  /** One server for both databases, instead of the shared two. */
  readonly server?: AnyServer
  /** Where the target's tables differ from the source's. */
  readonly targetDdl?: string
  readonly renaming?: Renaming
}

/** A source and a target of the same structure, and a migration that owns the target. */
export async function createCopyFixture(ddl: string, options: FixtureOptions = {}): Promise<CopyFixture> {
  const source = await createDatabase(options.server ?? 'source', options.source)
  const target = await createDatabase(options.server ?? 'target', options.target)
  await source.query(ddl)
  await target.query(options.targetDdl ?? ddl)
  const { renames, sql, namesOnTarget } = options.renaming ?? sameNames
  await target.query(sql)
  const guard: Guard = { migrationId: randomUUID(), stream: 'main', epoch: 1n }
  await takeOver(await target.connect(), guard)
  const progress: TableProgress[] = []

  const copy: CopyFixture['copy'] = async (overrides = {}, signal = new AbortController().signal) => {
    const { tables } = await selectAll(await source.connect(), renames)
    await using snapshot = await openSnapshot(settingsOf(source), signal)
    const request = {
      source: settingsOf(source),
      target: settingsOf(target),
      guard,
      snapshotId: snapshot.snapshotId,
      tables,
      sessions: 2,
      onProgress: (told: TableProgress) => progress.push(told),
    }
    return await copyTables({ ...request, ...overrides }, signal)
  }
  return {
    source,
    target,
    guard,
    progress,
    copy,
    differences: async () =>
      differencesOf(await compareDatabases(settingsOf(source), settingsOf(target), { namesOnTarget })),
    [Symbol.asyncDispose]: async () => {
      await target[Symbol.asyncDispose]()
      await source[Symbol.asyncDispose]()
    },
  }
}

/** Some 40 MB on the wire, more than fits between the two servers, and little on disk. */
export const bigTableDdl = 'create table big (id int, filler text)'
export const fillBigTable = `insert into big select i, repeat('x', 40000) from generate_series(1, 1000) i`

/** For the target: the copy of `big` stops at its tenth row until `release` is called. */
export async function blockBigTable(
  target: TestDatabase,
): Promise<{ reached(): Promise<void>; release(): Promise<void> }> {
  await target.query(`
    create function wait_for_test() returns trigger language plpgsql as
      $$ begin perform pg_catalog.pg_advisory_xact_lock_shared(42); return new; end $$;
    create trigger wait_for_test before insert on big for each row when (new.id = 10)
      execute function wait_for_test();
    alter table big enable always trigger wait_for_test`)
  const holder = await target.connect()
  await holder.query('select pg_advisory_lock(42)')
  const isWaiting = async () =>
    (
      await target.query(
        `select from pg_locks where locktype = 'advisory' and objid = 42 and not granted
          and database = (select oid from pg_database where datname = current_database())`,
      )
    ).rowCount === 1
  return {
    reached: async () => {
      await waitFor(isWaiting, { describe: 'the copy to reach the tenth row' })
    },
    release: async () => {
      await holder.query('select pg_advisory_unlock(42)')
    },
  }
}

/** Ends what Godwit runs in a database, as an administrator would. */
export async function terminateCopies(database: TestDatabase): Promise<number> {
  const ended = await database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'godwit full copy' and datname = current_database()`,
  )
  return ended.rowCount ?? 0
}

/** Waits until no session of a copy is left. */
export async function waitUntilAlone(database: TestDatabase): Promise<void> {
  const isAlone = async () =>
    (
      await database.query(
        `select from pg_stat_activity where application_name like 'godwit %' and datname = current_database()`,
      )
    ).rowCount === 0
  await waitFor(isAlone, { describe: 'the sessions of the copy to end' })
}
