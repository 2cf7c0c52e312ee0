import { chmod, chown, mkdir, readFile, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { findServerAccount, isRoot } from '../../db/embedded/account.ts'
import { placePrograms } from '../../db/embedded/programs.ts'
import { type Account, runProgram } from '../../db/embedded/run-program.ts'
import { makeTempDirectory, testBinaries } from '../support/start-server.ts'
import { query, start, startOwner, urlOf } from './embedded-processes.ts'

if (!isRoot()) console.log('skipped: how root runs a server can be tested by root only')

/** Not where the project is in the home of root. */
const canOthersRunThis = isRoot() && (await canRunThis(await findServerAccount()))
if (isRoot() && !canOthersRunThis) console.log('skipped: other users cannot reach this project to run it')

async function canRunThis(account: Account): Promise<boolean> {
  const program = fileURLToPath(import.meta.url)
  const { exitCode } = await runProgram({ program: process.execPath, args: ['--check', program], account })
  return exitCode === 0
}

/** Where root's servers lie; what the tests made there is removed in the end. */
const madeElsewhere = new Set<string>()
afterAll(async () => {
  for (const home of madeElsewhere) await rm(home, { recursive: true, force: true })
})

async function readPointer(dataDir: string): Promise<string> {
  const text = await readFile(join(dataDir, 'data-is-elsewhere.txt'), 'utf8')
  const home = text.split('\n')[0]!
  madeElsewhere.add(home)
  return home
}

/** A directory that only root may enter, like its home. */
async function makeClosedDirectory() {
  const directory = await makeTempDirectory()
  await chmod(directory.path, 0o700)
  return directory
}

describe.runIf(isRoot())('as root', () => {
  test('the server runs as another account', async () => {
    await using directory = await makeTempDirectory()
    await using server = await start(join(directory.path, 'server'))
    const [row] = await query(server.url('postgres'), `select pg_read_file('/proc/self/status') as status`)
    const { uid } = await findServerAccount()
    expect(row!['status']).toMatch(new RegExp(`^Uid:\\s+${uid}\\s`, 'm'))
  })

  test('programs that the account cannot reach are run from a copy', async () => {
    await using open = await makeTempDirectory()
    await using closed = await makeClosedDirectory()
    const binaries = testBinaries(18)
    await symlink(binaries.directory, join(closed.path, 'native'))
    const unreachable = { ...binaries, directory: join(closed.path, 'native') }
    await using server = await start(join(open.path, 'server'), { binaries: unreachable })
    expect(await query(server.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('the programs are copied once', async () => {
    await using closed = await makeClosedDirectory()
    const binaries = testBinaries(18)
    await symlink(binaries.directory, join(closed.path, 'native'))
    const unreachable = { ...binaries, directory: join(closed.path, 'native') }
    const account = await findServerAccount()
    const places = await Promise.all([
      placePrograms(unreachable, account),
      placePrograms(unreachable, account),
    ])
    expect(places[0]).toMatch(/^\/var\/lib\/godwit\/programs\/18-[0-9a-f]{16}$/)
    expect(places[1]).toBe(places[0])
  })

  test('data whose place the account cannot enter lie elsewhere, found again by the next start', async () => {
    await using closed = await makeClosedDirectory()
    const dataDir = join(closed.path, 'server')
    {
      await using server = await start(dataDir)
      await query(server.url('postgres'), 'create table kept as select 42 as value')
    }
    expect(dirname(await readPointer(dataDir))).toBe('/var/lib/godwit/data')
    await using server = await start(dataDir)
    expect(await query(server.url('postgres'), 'select value from kept')).toEqual([{ value: 42 }])
  })

  test('a wished directory that was removed makes a new server', async () => {
    await using closed = await makeClosedDirectory()
    const dataDir = join(closed.path, 'server')
    {
      await using server = await start(dataDir)
      await query(server.url('postgres'), 'create table kept as select 42 as value')
    }
    await readPointer(dataDir)
    await rm(dataDir, { recursive: true })
    await using server = await start(dataDir)
    await readPointer(dataDir)
    expect(await query(server.url('postgres'), `select to_regclass('kept') as found`)).toEqual([
      { found: null },
    ])
  })

  test.runIf(canOthersRunThis)('a server that an ordinary user made runs as that user', async () => {
    await using directory = await makeTempDirectory()
    const dataDir = join(directory.path, 'server')
    const user = await findServerAccount()
    await mkdir(dataDir)
    await chown(dataDir, user.uid, user.gid)
    {
      await using owner = startOwner(dataDir, { account: user })
      await query(await urlOf(owner), 'create table kept as select 42 as value')
    }
    await using server = await start(dataDir)
    expect(await query(server.url('postgres'), 'select value from kept')).toEqual([{ value: 42 }])
  })

  test.runIf(canOthersRunThis)('an ordinary user is told that a server is another user', async () => {
    await using directory = await makeTempDirectory()
    const dataDir = join(directory.path, 'server')
    await (await start(dataDir)).stop()
    const { uid, gid } = await findServerAccount()
    await using owner = startOwner(dataDir, { account: { uid: uid + 1, gid } })
    expect(await owner.report).toMatchObject({
      code: 'EMBEDDED_SERVER_FAILED',
      message: expect.stringContaining('was made by another user'),
    })
  })
})
