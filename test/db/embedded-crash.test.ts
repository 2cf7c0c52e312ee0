import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeTempDirectory } from '../support/start-server.ts'
import { waitFor } from '../support/wait-for.ts'
import {
  draftsIn,
  guardianPid,
  postmasterPid,
  query,
  start,
  startOwner,
  urlOf,
  waitForEnd,
} from './embedded-processes.ts'

test('the server ends when its owner is killed, and the next start finds what was committed', async () => {
  await using directory = await makeTempDirectory()
  const dataDir = join(directory.path, 'server')
  await using owner = startOwner(dataDir)
  await query(await urlOf(owner), 'create table kept as select 42 as value')
  const postmaster = await postmasterPid(dataDir)
  await owner.kill()
  await waitForEnd(postmaster)
  await using server = await start(dataDir)
  expect(await query(server.url('postgres'), 'select value from kept')).toEqual([{ value: 42 }])
})

test('a start right after the owner was killed waits for the former server to end', async () => {
  await using directory = await makeTempDirectory()
  const dataDir = join(directory.path, 'server')
  await using owner = startOwner(dataDir)
  await query(await urlOf(owner), 'create table kept as select 42 as value')
  await owner.kill()
  await using server = await start(dataDir)
  expect(await query(server.url('postgres'), 'select value from kept')).toEqual([{ value: 42 }])
})

test('the next start ends the orphan and recovers when owner and guardian were both killed', async () => {
  await using directory = await makeTempDirectory()
  const dataDir = join(directory.path, 'server')
  await using owner = startOwner(dataDir)
  await query(await urlOf(owner), 'create table kept as select 42 as value')
  const orphan = await postmasterPid(dataDir)
  process.kill(await guardianPid(dataDir), 'SIGKILL')
  await owner.kill()
  await using server = await start(dataDir)
  await waitForEnd(orphan)
  expect(await query(server.url('postgres'), 'select value from kept')).toEqual([{ value: 42 }])
})

test('owner, guardian and postmaster killed at once: the next start recovers', async () => {
  await using directory = await makeTempDirectory()
  const dataDir = join(directory.path, 'server')
  await using owner = startOwner(dataDir)
  await query(await urlOf(owner), 'create table kept as select 42 as value')
  const [guardian, postmaster] = [await guardianPid(dataDir), await postmasterPid(dataDir)]
  for (const pid of [guardian, postmaster]) process.kill(pid, 'SIGKILL')
  await owner.kill()
  await using server = await start(dataDir)
  expect(await query(server.url('postgres'), 'select value from kept')).toEqual([{ value: 42 }])
})

test('an owner whose guardian was killed is told, and stops the server itself', async () => {
  await using directory = await makeTempDirectory()
  const dataDir = join(directory.path, 'server')
  await using server = await start(dataDir)
  const postmaster = await postmasterPid(dataDir)
  process.kill(await guardianPid(dataDir), 'SIGKILL')
  expect(await server.ended).toMatchObject({ code: 'EMBEDDED_SERVER_FAILED' })
  await server.stop()
  await waitForEnd(postmaster)
})

test('a server that is shut down through its guardian ends by itself, as its owner sees it', async () => {
  await using directory = await makeTempDirectory()
  const dataDir = join(directory.path, 'server')
  await using server = await start(dataDir)
  process.kill(await guardianPid(dataDir), 'SIGTERM')
  expect(await server.ended).toMatchObject({ code: 'EMBEDDED_SERVER_FAILED' })
})

test('a temporary server leaves no data behind when its owner is killed', async () => {
  await using directory = await makeTempDirectory()
  const dataDir = join(directory.path, 'server')
  await using owner = startOwner(dataDir, { isTemporary: true })
  await urlOf(owner)
  await owner.kill()
  await waitFor(async () => !(await exists(dataDir)), { describe: 'the data to be deleted' })
  expect(await exists(dataDir)).toBe(false)
})

test('a second owner is refused, with the pid of the first, while the first lives', async () => {
  await using directory = await makeTempDirectory()
  const dataDir = join(directory.path, 'server')
  await using first = startOwner(dataDir)
  const url = await urlOf(first)
  await using second = startOwner(dataDir)
  expect(await second.report).toMatchObject({
    code: 'EMBEDDED_SERVER_IN_USE',
    message: expect.stringContaining(`process ${first.child.pid}.`),
    remedy: expect.stringContaining(`Stop process ${first.child.pid},`),
  })
  expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('of two owners that start at once on an empty directory, one gets the server', async () => {
  await using directory = await makeTempDirectory()
  const dataDir = join(directory.path, 'server')
  await using first = startOwner(dataDir)
  await using second = startOwner(dataDir)
  const reports = await Promise.all([first.report, second.report])
  expect(reports.filter((report) => 'url' in report)).toHaveLength(1)
  expect(reports.filter((report) => 'code' in report)).toMatchObject([{ code: 'EMBEDDED_SERVER_IN_USE' }])
})

test('an initdb that was cut short by killing owner and guardian is done anew by the next start', async () => {
  await using directory = await makeTempDirectory()
  const dataDir = join(directory.path, 'server')
  await using owner = startOwner(dataDir)
  const [draft] = await waitFor(async () => (await draftsIn(dataDir)).length > 0 && draftsIn(dataDir), {
    pollMs: 1,
    describe: 'initdb to begin',
  })
  process.kill(await guardianPid(dataDir), 'SIGKILL')
  await owner.kill()
  await using server = await start(dataDir)
  expect(await query(server.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }])
  expect(await draftsIn(dataDir)).not.toContain(draft)
})

test('an initdb that was cut short by killing the owner is done anew by the next start', async () => {
  await using directory = await makeTempDirectory()
  const dataDir = join(directory.path, 'server')
  await using owner = startOwner(dataDir)
  await waitFor(async () => (await draftsIn(dataDir)).length > 0, { pollMs: 1, describe: 'initdb to begin' })
  await owner.kill()
  await using server = await start(dataDir)
  expect(await query(server.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }])
})

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}
