import { pino } from 'pino'
import { expect, test } from 'vitest'
import { defaultRetryPolicy, type Lease } from '../../../engine/index.ts'
import { connect } from '../../../engine/endpoint/index.ts'
import type { RunContext } from '../../../engine/runner/context.ts'
import { labelSessions } from '../../../engine/runner/former-sessions.ts'
import { takeOverSource, writeToSource } from '../../../engine/runner/ownership.ts'
import { takeOverTarget } from '../../../engine/runner/take-over-target.ts'
import { removeBookkeeping } from '../../../engine/bookkeeping/index.ts'
import { waitForBlocked } from '../../support/blocked.ts'
import { settingsOf } from '../../support/connection.ts'
import type { TestDatabase } from '../../support/servers.ts'
import { setScene, type Scene } from './scene.ts'

const never = new AbortController().signal
const log = pino({ level: 'silent' })

/** What an activity of a worker works with, under a lease that the worker has just claimed. */
async function becomeOwner(
  { control, source, target, migration }: Scene,
  owner: string,
): Promise<RunContext> {
  const { leases, runs } = control.stores
  const lease = await leases.claim(migration.id, owner, 60_000)
  if (lease === null) throw new Error(`${owner} did not get the migration`)
  const run = await runs.load(lease)
  const sessionLabel = labelSessions(run.migration, lease)
  return {
    run,
    lease,
    guard: { migrationId: migration.id, stream: run.stream.name, epoch: lease.epoch },
    source: { ...settingsOf(source), sessionLabel },
    target: { ...settingsOf(target), sessionLabel },
    runs,
    log,
    options: {
      owner,
      leaseTtlMs: 60_000,
      maxMigrations: 1,
      pollMs: 100,
      retryPolicy: defaultRetryPolicy,
      copySessions: 1,
    },
  }
}

/** As if the lease had run out: the owner does not know. */
async function loseLease({ control }: Scene, lease: Lease): Promise<void> {
  await control.stores.leases.release(lease)
}

async function setOwnedScene(): Promise<Scene & { readonly former: RunContext }> {
  await using opening = new AsyncDisposableStack()
  const scene = opening.use(await setScene({ sql: 'create table t (id int primary key)' }))
  await scene.migration.act('VERIFY')
  const former = await becomeOwner(scene, 'former')
  const opened = opening.move()
  return { ...scene, former, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

const publications = 'select pubname from pg_publication'
const createPublication = 'create publication late'

async function sessionsOf(database: TestDatabase): Promise<readonly string[]> {
  const found = await database.query<{ name: string }>(
    `select application_name as name from pg_stat_activity
      where datname = current_database() and application_name like 'godwit %' order by 1`,
  )
  return found.rows.map(({ name }) => name)
}

test('a former owner whose session was open when the next took over cannot write on the source any more', async () => {
  await using scene = await setOwnedScene()
  const asleep = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  const writing = writeToSource(
    scene.former,
    'test',
    async (session) => {
      opened.resolve()
      await asleep.promise
      await session.query(createPublication)
    },
    never,
  ).catch((error: unknown) => error)
  await opened.promise
  await loseLease(scene, scene.former.lease)
  await takeOverSource(await becomeOwner(scene, 'next'), never)
  asleep.resolve()
  expect(await writing).toBeInstanceOf(Error)
  expect((await scene.source.query(publications)).rows).toEqual([])
})

test('a statement of a former owner that waits for a lock never takes effect after the take-over', async () => {
  await using scene = await setOwnedScene()
  await using blocker = await scene.source.connect()
  await blocker.query('begin')
  await blocker.query('lock table t')
  const writing = writeToSource(
    scene.former,
    'test',
    (session) => session.query('create publication late for table public.t'),
    never,
  ).catch((error: unknown) => error)
  await waitForBlocked(scene.source)
  await loseLease(scene, scene.former.lease)
  await takeOverSource(await becomeOwner(scene, 'next'), never)
  await blocker.query('rollback')
  expect(await writing).toBeInstanceOf(Error)
  expect((await scene.source.query(publications)).rows).toEqual([])
})

test('a former owner that opens its session after the take-over is told by the control database', async () => {
  await using scene = await setOwnedScene()
  await loseLease(scene, scene.former.lease)
  await takeOverSource(await becomeOwner(scene, 'next'), never)
  const writing = writeToSource(scene.former, 'test', (session) => session.query(createPublication), never)
  await expect(writing).rejects.toMatchObject({ code: 'LEASE_LOST' })
  expect((await scene.source.query(publications)).rows).toEqual([])
})

test('a take-over ends walsenders and snapshots of former owners, and nothing of others', async () => {
  await using scene = await setOwnedScene()
  const { former, source } = scene
  const settings = settingsOf(source)
  const other = { ...settings, sessionLabel: `${former.run.migration.shortId}x e1` }
  await using streaming = await connect(former.source, { purpose: 'stream', replication: true })
  await using snapshot = await connect(former.source, { purpose: 'snapshot' })
  await using stranger = await connect(other, { purpose: 'stream', replication: true })
  await using unnamed = await connect(settings, { purpose: 'look' })
  await loseLease(scene, former.lease)
  await takeOverSource(await becomeOwner(scene, 'next'), never)
  expect(await sessionsOf(source)).toEqual([
    'godwit look',
    `godwit ${former.run.migration.shortId}x e1 stream`,
  ])
  void [streaming, snapshot, stranger, unnamed]
})

test('a take-over that comes too late ends nothing of a later owner', async () => {
  await using scene = await setOwnedScene()
  const { former, source } = scene
  // Its lease is held, still: what it finds on the source tells it.
  const later = { ...settingsOf(source), sessionLabel: `${former.run.migration.shortId} e999` }
  await using session = await connect(later, { purpose: 'stream' })
  await expect(takeOverSource(former, never)).rejects.toMatchObject({ code: 'LEASE_LOST' })
  expect((await session.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a former owner cannot open its epoch on the target again, when the bookkeeping is gone', async () => {
  await using scene = await setOwnedScene()
  const { former, target } = scene
  await takeOverTarget(former, never)
  await using open = await connect(former.target, { purpose: 'take over' })
  await loseLease(scene, former.lease)
  const next = await becomeOwner(scene, 'next')
  await takeOverTarget(next, never)
  {
    await using session = await connect(next.target, { purpose: 'release' })
    await removeBookkeeping(session, next.guard)
  }
  await expect(takeOverTarget(former, never)).rejects.toMatchObject({ code: 'LEASE_LOST' })
  expect(await open.query('create schema godwit').catch((error: unknown) => error)).toBeInstanceOf(Error)
  expect((await target.query(`select from pg_namespace where nspname = 'godwit'`)).rowCount).toBe(0)
})
