import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedServer, startEmbeddedServer } from '../../../db/embedded/index.ts'
import { makeTempDirectory, silentLog, testBinaries, testSettings } from '../../support/start-server.ts'
import { createDatabase, queryServer, type TestDatabase, waitFor } from '../../support/servers.ts'
import { mend, problemsOf, resultOf, verify } from './verify-support.ts'

const cleanup = new AsyncDisposableStack()
let primary: EmbeddedServer
let standby: EmbeddedServer
const withoutIncremental = { structure: true, fullCopy: true, incremental: false }

async function start(dataDir: string): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer({
    binaries: testBinaries(15),
    dataDir,
    settings: testSettings,
    log: silentLog,
  })
  cleanup.defer(() => server.stop({ mode: 'immediate' }))
  return server
}

beforeAll(async () => {
  const { path } = cleanup.use(await makeTempDirectory())
  const [original, copy] = [join(path, 'primary'), join(path, 'standby')]
  await (await start(original)).stop()
  await mkdir(copy, { mode: 0o711 })
  await promisify(execFile)('cp', ['-a', join(original, 'cluster'), copy])
  await writeFile(join(copy, 'cluster', 'pgdata', 'standby.signal'), '')
  primary = await start(original)
  standby = await start(copy)
})

afterAll(() => cleanup.disposeAsync())

/** The database `postgres` of a server. */
function postgresOf(server: EmbeddedServer): TestDatabase {
  const { host, port, user, password } = server
  const unused = () => Promise.reject(new Error('not for this test'))
  return {
    name: 'postgres',
    host,
    port,
    user,
    password,
    url: server.url('postgres'),
    connect: unused,
    query: (sql) => queryServer(server, sql),
    [Symbol.asyncDispose]: unused,
  }
}

test('a standby is no source of incremental sync', async () => {
  await using target = await createDatabase('target')
  const report = await verify(postgresOf(standby), target)
  expect(problemsOf(report)).toEqual(['source-primary'])
  expect(report.outcome).toBe('failed')
})

test('a standby that may cancel a long copy is a warning, gone after the remedy', async () => {
  await using target = await createDatabase('target')
  const source = postgresOf(standby)
  const report = await verify(source, target, { kind: withoutIncremental })
  expect(problemsOf(report)).toEqual(['source-primary'])
  expect(report.outcome).toBe('warning')
  await mend(source, resultOf(report, 'source-primary'))
  await waitFor(async () => {
    const { rows } = await source.query('show max_standby_streaming_delay')
    return rows[0]!['max_standby_streaming_delay'] === '-1'
  })
  expect(problemsOf(await verify(source, target, { kind: withoutIncremental }))).toEqual([])
})

test('a standby is no target, and least of all that of its own primary', async () => {
  const report = await verify(postgresOf(primary), postgresOf(standby))
  expect(problemsOf(report)).toEqual(['same-database', 'target-writable'])
})
