import { createHash, randomBytes } from 'node:crypto'
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  readFile,
  readdir,
  readlink,
  rename,
  rm,
  symlink,
} from 'node:fs/promises'
import { join } from 'node:path'
import { GodwitError } from '../../engine/index.ts'
import { type EmbeddedBinaries, tryPrograms } from './binaries.ts'
import type { Account } from './run-program.ts'
import { makeSharedDirectory } from './shared-directory.ts'

/**
 * Where the account can run the programs: in the package itself, or, when the way there is closed to it
 * (a project in the home of root), in a copy that is made once for each content.
 *
 * @throws {GodwitError} EMBEDDED_SERVER_FAILED when they do not run
 */
export async function placePrograms(
  binaries: EmbeddedBinaries,
  account: Account | undefined,
): Promise<string> {
  const refusal = await tryPrograms(binaries.directory, account)
  if (refusal === undefined) return binaries.directory
  if (account === undefined || (await tryPrograms(binaries.directory, undefined)) !== undefined) {
    throw programsFailed(binaries, refusal)
  }
  const copy = await copyPrograms(binaries)
  const copyRefusal = await tryPrograms(copy, account)
  if (copyRefusal !== undefined) throw programsFailed(binaries, copyRefusal)
  return copy
}

function programsFailed(binaries: EmbeddedBinaries, refusal: string): GodwitError {
  return new GodwitError(
    'EMBEDDED_SERVER_FAILED',
    `The PostgreSQL programs of ${binaries.origin} do not run: ${refusal}`,
    { remedy: `Run "npm rebuild" and start again, or set DATABASE_URL.` },
  )
}

async function copyPrograms(binaries: EmbeddedBinaries): Promise<string> {
  const parent = await makeSharedDirectory('programs')
  const copy = join(parent, `${binaries.majorVersion}-${await hashTree(binaries.directory)}`)
  if (await exists(copy)) return copy
  const draft = `${copy}.${randomBytes(4).toString('hex')}`
  try {
    await copyTree(binaries.directory, draft)
    await rename(draft, copy)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    // Another process may have been first; its copy has the same content.
    if (!(await exists(copy))) throw error
  }
  return copy
}

async function hashTree(directory: string): Promise<string> {
  const hash = createHash('sha256')
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
  for (const path of paths.sort()) {
    hash.update(`${path.slice(directory.length)}\0`)
    hash.update((await lstat(path)).isSymbolicLink() ? await readlink(path) : await readFile(path))
  }
  return hash.digest('hex').slice(0, 16)
}

/** Copies so that everyone can read and nobody but root can write, whatever umask the original was made with. */
async function copyTree(source: string, target: string): Promise<void> {
  await mkdir(target)
  await chmod(target, 0o755)
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)]
    if (entry.isDirectory()) await copyTree(from, to)
    else if (entry.isSymbolicLink()) await symlink(await readlink(from), to)
    else {
      await copyFile(from, to)
      await chmod(to, (await lstat(from)).mode & 0o100 ? 0o755 : 0o644)
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined
}
