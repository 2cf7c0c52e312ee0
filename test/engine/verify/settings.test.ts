import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedServer, startEmbeddedServer } from '../../../db/embedded/index.ts'
import { createDatabase, type TestDatabase, waitFor } from '../../support/servers.ts'
import { makeTempDirectory, silentLog, testBinaries } from '../../support/start-server.ts'
import { mend, problemsOf, resultOf, verify } from './verify-support.ts'

/**
 * A source with the settings that PostgreSQL comes with. What is given on the command line, as that of the shared
 * servers is, ALTER SYSTEM cannot change.
 */
let server: EmbeddedServer
const cleanup = new AsyncDisposableStack()

async function start(dataDir: string, port?: number): Promise<EmbeddedServer> {
  return await startEmbeddedServer({
    binaries: testBinaries(15),
    dataDir,
    settings: { fsync: 'off' },
    log: silentLog,
    ...(port !== undefined && { port }),
  })
}

let dataDir: string

beforeAll(async () => {
  const directory = cleanup.use(await makeTempDirectory())
  dataDir = join(directory.path, 'server')
  server = await start(dataDir)
  cleanup.defer(() => server.stop({ mode: 'immediate' }))
})

afterAll(() => cleanup.disposeAsync())

async function restart(): Promise<void> {
  await server.stop()
  server = await start(dataDir, server.port)
}

async function set(db: TestDatabase, name: string, value: string): Promise<void> {
  await db.query(`alter system set ${name} = ${value}`)
}

async function reloadWith(db: TestDatabase, name: string, value: string): Promise<void> {
  await set(db, name, `'${value}'`)
  await db.query('select pg_reload_conf()')
  await waitForValue(db, name, value)
}

/** A session sees what the server has read anew. */
async function waitForValue(db: TestDatabase, name: string, value: string): Promise<void> {
  await waitFor(async () => (await db.query(`show ${name}`)).rows[0]![name] === value, {
    describe: `${name} to be ${value}`,
  })
}

test('wal_level, slots, senders and retention: each fails for its reason and passes after its remedy', async () => {
  await using target = await createDatabase('target')
  {
    await using source = await createDatabase(server)
    const report = await verify(source, target)
    expect(problemsOf(report)).toEqual(['wal-level'])
    expect(resultOf(report, 'wal-level').detail).toContain('wal_level is replica')
    await mend(source, resultOf(report, 'wal-level'))
    await set(source, 'max_wal_senders', '1')
    await set(source, 'max_replication_slots', '1')
  }
  await restart()
  {
    await using source = await createDatabase(server)
    expect(problemsOf(await verify(source, target))).toEqual([])
    await source.query(`select pg_create_physical_replication_slot('lonely')`)
    const slots = await verify(source, target)
    expect(problemsOf(slots)).toEqual(['replication-slots'])
    expect(resultOf(slots, 'replication-slots').remedy).toContain('not active now: lonely')
    await mend(source, resultOf(slots, 'replication-slots'))

    await using walSender = await source.connect({ replication: 'database' } as object)
    await walSender.query('IDENTIFY_SYSTEM')
    const senders = await verify(source, target)
    expect(problemsOf(senders)).toEqual(['replication-slots', 'wal-senders', 'replication-privilege'])
    await mend(source, resultOf(senders, 'wal-senders'))
  }
  await restart()
  await using source = await createDatabase(server)
  await using walSender = await source.connect({ replication: 'database' } as object)
  await walSender.query('IDENTIFY_SYSTEM')
  expect(problemsOf(await verify(source, target))).toEqual([])

  await reloadWith(source, 'max_slot_wal_keep_size', '64MB')
  const retention = await verify(source, target)
  expect(problemsOf(retention)).toEqual(['wal-retention'])
  expect(retention.outcome).toBe('warning')
  await mend(source, resultOf(retention, 'wal-retention'))
  await waitForValue(source, 'max_slot_wal_keep_size', '-1')
  expect(problemsOf(await verify(source, target))).toEqual([])
})

test('a small max_wal_size of the target is a warning when more is to be copied', async () => {
  await using source = await createDatabase('source')
  await source.query(`create table t (id int primary key, filler text);
                      insert into t select i, repeat('x', 1000) from generate_series(1, 40000) i`)
  await using target = await createDatabase(server)
  await reloadWith(target, 'max_wal_size', '32MB')
  const kind = { structure: true, fullCopy: true, incremental: false }
  const report = await verify(source, target, { kind })
  expect(problemsOf(report)).toEqual(['target-wal-size'])
  await mend(target, resultOf(report, 'target-wal-size'))
  await waitForValue(target, 'max_wal_size', '4GB')
  expect(problemsOf(await verify(source, target, { kind }))).toEqual([])
})
