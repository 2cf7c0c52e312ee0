import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { resolveEmbeddedBinaries } from '../../db/embedded/index.ts'
import { listenOnLoopback } from '../support/listen.ts'
import { makeTempDirectory, testBinaries } from '../support/start-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { draftsIn, postmasterPid, query, start } from './embedded-processes.ts'

test('a server that was stopped keeps its data and its password', async () => {
  await using directory = await makeTempDirectory()
  const dataDir = join(directory.path, 'server')
  {
    await using server = await start(dataDir)
    await query(server.url('postgres'), 'create table kept as select 42 as value')
  }
  await using server = await start(dataDir)
  expect(await query(server.url('postgres'), 'select value from kept')).toEqual([{ value: 42 }])
})

test('both of PostgreSQL 15 and 18 run', async () => {
  await using directory = await makeTempDirectory()
  for (const version of [15, 18] as const) {
    await using server = await start(join(directory.path, String(version)), {
      binaries: testBinaries(version),
    })
    const [row] = await query(
      server.url('postgres'),
      `select current_setting('server_version_num') as number`,
    )
    expect(Math.floor(Number(row!['number']) / 10_000)).toBe(version)
  }
})

test('a new server is in UTF-8 and asks for its password', async () => {
  await using directory = await makeTempDirectory()
  await using server = await start(join(directory.path, 'server'))
  expect(await query(server.url('postgres'), 'show server_encoding')).toEqual([{ server_encoding: 'UTF8' }])
  const wrong = server.url('postgres').replace(server.password, 'guessed')
  await expect(query(wrong, 'select')).rejects.toMatchObject({ code: '28P01' })
})

test('its password file is readable to its owner only', async () => {
  await using directory = await makeTempDirectory()
  const dataDir = join(directory.path, 'server')
  await using server = await start(dataDir)
  const file = join(dataDir, 'cluster/password')
  expect((await readFile(file, 'utf8')).trim()).toBe(server.password)
  const { mode, uid } = await stat(file)
  expect([mode & 0o777, uid]).toEqual([0o600, process.getuid?.()])
})

test('stopping more than once does no harm', async () => {
  await using directory = await makeTempDirectory()
  await using server = await start(join(directory.path, 'server'))
  await Promise.all([server.stop(), server.stop()])
  await server.stop({ mode: 'immediate' })
  expect(await server.ended).toBeUndefined()
})

test('a setting that PostgreSQL refuses is reported with the end of its log', async () => {
  await using directory = await makeTempDirectory()
  const starting = start(join(directory.path, 'server'), { settings: { wal_level: 'nonsense' } })
  await expect(starting).rejects.toMatchObject({
    code: 'EMBEDDED_SERVER_FAILED',
    message: expect.stringContaining('invalid value for parameter "wal_level": "nonsense"'),
  })
})

test('a wished port that is taken is reported', async () => {
  await using directory = await makeTempDirectory()
  await using taker = createServer()
  const port = await listenOnLoopback(taker)
  await expect(start(join(directory.path, 'server'), { port })).rejects.toMatchObject({
    code: 'EMBEDDED_SERVER_FAILED',
    message: expect.stringContaining(`could not bind IPv4 address "127.0.0.1"`),
  })
})

test('a directory that cannot be made is reported', async () => {
  await using directory = await makeTempDirectory()
  await writeFile(join(directory.path, 'file'), '')
  await expect(start(join(directory.path, 'file', 'server'))).rejects.toMatchObject({
    code: 'EMBEDDED_SERVER_FAILED',
    message: expect.stringContaining('ENOTDIR'),
  })
})

test('programs that do not run are reported', async () => {
  await using directory = await makeTempDirectory()
  const binaries = { ...testBinaries(18), directory: join(directory.path, 'nowhere') }
  await expect(start(join(directory.path, 'server'), { binaries })).rejects.toMatchObject({
    code: 'EMBEDDED_SERVER_FAILED',
    message: expect.stringContaining('do not run'),
  })
})

test('a package that is not installed is reported', () => {
  expect(() => resolveEmbeddedBinaries('embedded-postgres-9')).toThrow(/is not installed/)
})

test('data of another major version are refused', async () => {
  await using directory = await makeTempDirectory()
  const dataDir = join(directory.path, 'server')
  await (await start(dataDir, { binaries: testBinaries(15) })).stop()
  await expect(start(dataDir, { binaries: testBinaries(18) })).rejects.toMatchObject({
    code: 'EMBEDDED_SERVER_FAILED',
    message: expect.stringContaining('was made by PostgreSQL 15'),
  })
})

test('a start that is aborted rejects with the reason and leaves nothing locked', async () => {
  await using directory = await makeTempDirectory()
  const dataDir = join(directory.path, 'server')
  const controller = new AbortController()
  const reason = new Error('changed my mind')
  const starting = start(dataDir, {}, controller.signal)
  await waitFor(async () => (await draftsIn(dataDir)).length > 0, { pollMs: 1 })
  controller.abort(reason)
  await expect(starting).rejects.toBe(reason)
  await using server = await start(dataDir)
  expect(await query(server.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }])
})

test('a server that ends by itself says so, and the next start recovers what was committed', async () => {
  await using directory = await makeTempDirectory()
  const dataDir = join(directory.path, 'server')
  const server = await start(dataDir)
  await query(server.url('postgres'), 'create table kept as select 42 as value')
  process.kill(await postmasterPid(dataDir), 'SIGKILL')
  expect(await server.ended).toMatchObject({
    code: 'EMBEDDED_SERVER_FAILED',
    message: expect.stringContaining('ended by SIGKILL'),
  })
  await using again = await start(dataDir)
  expect(await query(again.url('postgres'), 'select value from kept')).toEqual([{ value: 42 }])
})

test('a temporary server leaves no data behind', async () => {
  await using directory = await makeTempDirectory()
  const dataDir = join(directory.path, 'server')
  const server = await start(dataDir, { isTemporary: true })
  await server.stop()
  await expect(stat(dataDir)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a lock file of PostgreSQL whose pid belongs to another process by now does not stop a start', async () => {
  await using directory = await makeTempDirectory()
  const dataDir = join(directory.path, 'server')
  await (await start(dataDir)).stop()
  const pidFile = join(dataDir, 'cluster/pgdata/postmaster.pid')
  await writeFile(
    pidFile,
    `${process.pid}\n${join(dataDir, 'cluster/pgdata')}\n1\n5432\n\n127.0.0.1\n\nready\n`,
  )
  await chmod(pidFile, 0o644)
  await using server = await start(dataDir)
  await waitFor(async () => (await postmasterPid(dataDir)) !== process.pid)
  expect(await query(server.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }])
})
