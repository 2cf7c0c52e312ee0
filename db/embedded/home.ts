import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { GodwitError } from '../../engine/index.ts'
import { findServerAccount, isRoot } from './account.ts'
import { layoutOf } from './layout.ts'
import { type Account, runProgram } from './run-program.ts'
import { SHARED_ROOT, makeSharedDirectory } from './shared-directory.ts'

const POINTER_NAME = 'data-is-elsewhere.txt'

/** A home directory, and the account that the server in it runs as (absent: that of this process). */
export interface PlacedHome {
  readonly home: string
  readonly account: Account | undefined
}

/**
 * Finds or makes the home of a server in the wished directory. For root, whose server runs as another
 * account, the home lies below /var/lib/godwit when that account cannot enter the wished directory, and a
 * text file in the wished place says where. That file decides: remove the wished directory, and the next
 * start makes a new server.
 *
 * @throws {GodwitError} EMBEDDED_SERVER_FAILED when a server is there that this account cannot run
 */
export async function placeHome(wishedDirectory: string): Promise<PlacedHome> {
  const wished = resolve(wishedDirectory)
  await mkdir(wished, { recursive: true })
  return isRoot() ? placeHomeAsRoot(await realpath(wished)) : placeHomeAsUser(await realpath(wished))
}

async function placeHomeAsUser(wished: string): Promise<PlacedHome> {
  const elsewhere = await readPointer(wished)
  const owner = await ownerOfCluster(wished)
  if (elsewhere === undefined && (owner === undefined || owner.uid === process.getuid?.())) {
    return { home: wished, account: undefined }
  }
  throw new GodwitError(
    'EMBEDDED_SERVER_FAILED',
    `The embedded server of ${wished} was made by ${elsewhere === undefined ? 'another user' : 'root'}.`,
    { remedy: 'Start Godwit as that user, or choose another GODWIT_DATA_DIR, or set DATABASE_URL.' },
  )
}

async function placeHomeAsRoot(wished: string): Promise<PlacedHome> {
  const elsewhere = await readPointer(wished)
  const home = elsewhere ?? wished
  const owner = await ownerOfCluster(home)
  const account = owner ?? (await findServerAccount())
  if (await canEnter(home, account)) return { home, account }
  if (owner === undefined) return { home: elsewhere ?? (await makeHomeElsewhere(wished)), account }
  throw new GodwitError(
    'EMBEDDED_SERVER_FAILED',
    `The embedded server in ${home} runs as the user ${owner.uid}, who may not enter that directory.`,
    { remedy: `Let that user pass (chmod o+x on the directories above ${home}), or set DATABASE_URL.` },
  )
}

/** Asks the system itself, as that account: modes, ACLs and mounts all have a say. */
async function canEnter(directory: string, account: Account): Promise<boolean> {
  const { uid } = await stat(directory).catch(() => ({ uid: undefined }))
  if (uid === undefined) return false
  // mkdir obeys the umask; its parents are not ours to open.
  if (uid === 0) await chmod(directory, 0o711)
  const { exitCode } = await runProgram({
    program: '/bin/sh',
    args: ['-c', 'cd "$1"', 'sh', directory],
    account,
  })
  return exitCode === 0
}

async function makeHomeElsewhere(wished: string): Promise<string> {
  const parent = await makeSharedDirectory('data')
  const key = createHash('sha256').update(wished).digest('hex').slice(0, 12)
  const home = join(parent, `${key}-${randomBytes(4).toString('hex')}`)
  await mkdir(home)
  await chmod(home, 0o711)
  try {
    await writeFile(join(wished, POINTER_NAME), pointerText(wished, home), { flag: 'wx' })
    return home
  } catch (error) {
    await rm(home, { recursive: true })
    const other = await readPointer(wished)
    if (other === undefined) throw error
    return other
  }
}

function pointerText(wished: string, home: string): string {
  return `${home}

The line above is where Godwit keeps the PostgreSQL server of
${wished}
PostgreSQL does not run as root, and the account that it runs as may not enter this directory.
To delete the server, delete both directories; without this file Godwit makes a new one.
`
}

/** The home that the text file in the wished place names; one that is deleted counts as none. */
async function readPointer(wished: string): Promise<string | undefined> {
  const text = await readFile(join(wished, POINTER_NAME), 'utf8').catch(() => undefined)
  const home = text?.split('\n', 1)[0]
  if (home === undefined) return undefined
  if (dirname(home) === join(SHARED_ROOT, 'data')) {
    if (await stat(home).catch(() => undefined)) return home
    await rm(join(wished, POINTER_NAME))
    return undefined
  }
  throw new GodwitError(
    'EMBEDDED_SERVER_FAILED',
    `${join(wished, POINTER_NAME)} does not name a home of Godwit.`,
    {
      remedy: 'Put the file back as Godwit wrote it, or remove it to make a new server.',
    },
  )
}

/** Who owns the data in this home; undefined when there are none yet. Nobody can run a server of root's. */
async function ownerOfCluster(home: string): Promise<Account | undefined> {
  const found = await stat(layoutOf(home).pgdata).catch(() => undefined)
  return found && { uid: found.uid, gid: found.gid }
}
