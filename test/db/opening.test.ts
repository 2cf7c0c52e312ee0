import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { openControlStores } from '../../db/index.ts'
import journal from '../../db/migrations/meta/_journal.json' with { type: 'json' }
import { createDatabase, waitFor, type TestDatabase } from '../support/servers.ts'
import {
  alice,
  createEndpoint,
  createMigration,
  openTestStores,
  rejectionOf,
  waitForBlocked,
} from './fixtures.ts'

const log = pino({ level: 'silent' })
const secretKey = randomBytes(32)

async function countSessions(database: TestDatabase): Promise<number> {
  const { rows } = await database.query<{ sessions: number }>(
    `select count(*)::int as sessions from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`,
  )
  return rows[0]?.sessions ?? 0
}

test('processes that open an empty database at once all succeed, and the schema is there once', async () => {
  await using database = await createDatabase('control')
  await using stack = new AsyncDisposableStack()
  const opened = await Promise.all(
    Array.from({ length: 4 }, () => openControlStores({ databaseUrl: database.url, secretKey, log })),
  )
  for (const stores of opened) stack.use(stores)
  expect(await Promise.all(opened.map((stores) => stores.isReady()))).toEqual([true, true, true, true])
  const { rows } = await database.query<{ applied: string; times: number }>(
    'select created_at as applied, count(*)::int as times from godwit_control_history.applied group by 1',
  )
  expect(rows).toHaveLength(journal.entries.length)
  expect(rows.filter(({ times }) => times !== 1)).toEqual([])
})

test('a second opening finds what the first one stored', async () => {
  await using control = await openTestStores()
  const endpoint = await createEndpoint(control.stores, 'shop')
  await using again = await control.open()
  expect(await again.endpoints.find(endpoint.id)).toEqual(endpoint)
})

test('nothing of ours lies in the schema public, nor in that of the bookkeeping on targets', async () => {
  await using control = await openTestStores()
  const { rows } = await control.database.query(
    `select from pg_class where relnamespace in (select oid from pg_namespace where nspname in ('public', 'godwit'))`,
  )
  expect(rows).toHaveLength(0)
})

test('disposing ends every session', async () => {
  await using database = await createDatabase('control')
  const stores = await openControlStores({ databaseUrl: database.url, secretKey, log })
  await stores.endpoints.find('nothing')
  expect(await countSessions(database)).toBeGreaterThan(0)
  await stores[Symbol.asyncDispose]()
  await waitFor(async () => (await countSessions(database)) === 0)
})

test('a database that a newer Godwit has migrated is refused, and no session is left', async () => {
  await using control = await openTestStores()
  await control.stores.isReady()
  await control.database.query(
    `insert into godwit_control_history.applied (hash, created_at) values ('of the future', 99999999999999)`,
  )
  const before = await countSessions(control.database)
  await expect(control.open()).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' })
  await waitFor(async () => (await countSessions(control.database)) <= before)
})

test('a process whose schema is not that of the database any more is not ready', async () => {
  await using control = await openTestStores()
  expect(await control.stores.isReady()).toBe(true)
  await control.database.query(
    `insert into godwit_control_history.applied (hash, created_at) values ('of the future', 99999999999999)`,
  )
  expect(await control.stores.isReady()).toBe(false)
})

test('a server that does not answer is named, without the password', async () => {
  const databaseUrl = 'postgresql://mover:hunter2@127.0.0.1:1/control'
  const failed = openControlStores({ databaseUrl, secretKey, log })
  await expect(failed).rejects.toMatchObject({
    code: 'CONNECTION_LOST',
    message: expect.stringContaining('127.0.0.1:1/control'),
    remedy: expect.stringContaining('DATABASE_URL'),
  })
  await expect(failed).rejects.not.toMatchObject({ message: expect.stringContaining('hunter2') })
})

test('a call whose session is lost fails with CONNECTION_LOST, and the next one succeeds', async () => {
  await using control = await openTestStores()
  const migration = await createMigration(control.stores)
  await using holder = await control.database.connect()
  await holder.query('begin')
  await holder.query('select from godwit_control.migrations for update')
  const request = { migrationId: migration.id, action: 'VERIFY' } as const
  const failure = rejectionOf(control.stores.migrations.act(request, alice))
  await waitForBlocked(control.database)
  await control.database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'godwit control'`,
  )
  expect(await failure).toMatchObject({ code: 'CONNECTION_LOST' })
  await holder.query('rollback')
  const acted = await control.stores.migrations.act(request, alice)
  expect(acted.version).toBe(2)
})

test('an unexpected error of the driver tells nothing of the row or the parameters', async () => {
  await using control = await openTestStores()
  await control.database.query(
    `alter table godwit_control.endpoints add constraint no_shop check (name <> 'shop-of-alice')`,
  )
  const error = await rejectionOf(createEndpoint(control.stores, 'shop-of-alice'))
  expect(error).toMatchObject({ code: '23514' })
  const shown = inspect(error)
  expect(shown).toContain('no_shop')
  expect(shown).not.toContain('shop-of-alice')
})
