import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type GuardianOrder, ServerFailure } from './guardian-protocol.ts'
import type { HomeLayout } from './layout.ts'
import { runProgram } from './run-program.ts'

const DRAFT_PREFIX = 'initializing-'

/**
 * Makes sure that the home holds a database cluster of the wanted version. initdb works in a draft directory
 * that is renamed when complete, so that a crash leaves either nothing or a whole cluster. Only for the
 * holder of the home's lock.
 *
 * @returns the password of the superuser
 */
export async function ensureCluster(
  layout: HomeLayout,
  order: GuardianOrder,
  signal: AbortSignal,
): Promise<string> {
  await removeDrafts(layout.home)
  const found = await readFile(join(layout.pgdata, 'PG_VERSION'), 'utf8').catch(() => undefined)
  if (found === undefined) await createCluster(layout, order, signal)
  else requireVersion(layout, found.trim(), order.majorVersion)
  return readPassword(layout)
}

function requireVersion(layout: HomeLayout, found: string, majorVersion: number): void {
  if (found === String(majorVersion)) return
  throw new ServerFailure(
    'EMBEDDED_SERVER_FAILED',
    `${layout.pgdata} was made by PostgreSQL ${found}; this Godwit brings PostgreSQL ${majorVersion}.`,
    { remedy: `Start the Godwit that made it, or choose another GODWIT_DATA_DIR, or set DATABASE_URL.` },
  )
}

async function readPassword(layout: HomeLayout): Promise<string> {
  try {
    return (await readFile(layout.passwordFile, 'utf8')).trim()
  } catch (error) {
    throw new ServerFailure(
      'EMBEDDED_SERVER_FAILED',
      `The password of the embedded server cannot be read from ${layout.passwordFile}.`,
      { cause: error, remedy: 'Put the file back; it was made together with the data.' },
    )
  }
}

async function removeDrafts(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    // Retries, because the processes of an initdb that lost its guardian end only when they notice.
    if (name.startsWith(DRAFT_PREFIX))
      await rm(join(home, name), { recursive: true, force: true, maxRetries: 10 })
  }
}

async function createCluster(layout: HomeLayout, order: GuardianOrder, signal: AbortSignal): Promise<void> {
  const draft = join(layout.home, `${DRAFT_PREFIX}${randomBytes(4).toString('hex')}`)
  const pgdata = join(draft, 'pgdata')
  const passwordFile = join(draft, 'password')
  await mkdir(draft)
  await chmod(draft, 0o711)
  await mkdir(pgdata, { mode: 0o700 })
  await writeDurably(passwordFile, `${randomBytes(24).toString('base64url')}\n`)
  if (order.account) {
    await chown(pgdata, order.account.uid, order.account.gid)
    await chown(passwordFile, order.account.uid, order.account.gid)
  }
  const { exitCode, output } = await runProgram(
    {
      program: join(order.programs, 'bin', 'initdb'),
      args: initdbArguments(pgdata, passwordFile, order),
      account: order.account,
    },
    signal,
  )
  signal.throwIfAborted()
  if (exitCode !== 0) {
    await rm(draft, { recursive: true, force: true })
    throw new ServerFailure('EMBEDDED_SERVER_FAILED', `initdb failed in ${layout.home}: ${output}`, {
      remedy: 'Mend what initdb names, or set DATABASE_URL.',
    })
  }
  // initdb had to read the password; from here on only the owner of the home may.
  if (order.account) await chown(passwordFile, process.getuid?.() ?? 0, process.getgid?.() ?? 0)
  await rename(draft, layout.cluster)
  await syncDirectory(layout.home)
}

/** @see https://www.postgresql.org/docs/current/app-initdb.html */
function initdbArguments(pgdata: string, passwordFile: string, order: GuardianOrder): string[] {
  return [
    `--pgdata=${pgdata}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-instructions',
    ...(order.settings['fsync'] === 'off' ? ['--no-sync'] : []),
  ]
}

async function writeDurably(path: string, content: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600)
  await file.writeFile(content)
  await file.sync()
}

async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, 'r')
  await directory.sync()
}
