import { chmod, lstat, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { GodwitError } from '../../engine/index.ts'

/** Where root keeps what the server's account must reach: the place of the state of services on Unix. */
export const SHARED_ROOT = '/var/lib/godwit'

/**
 * Makes a directory below SHARED_ROOT that everyone may enter and only root may change.
 *
 * @throws {GodwitError} EMBEDDED_SERVER_FAILED when something there is not root's
 */
export async function makeSharedDirectory(name: string): Promise<string> {
  const path = join(SHARED_ROOT, name)
  await mkdir(path, { recursive: true })
  for (const directory of [SHARED_ROOT, path]) {
    const { uid } = await lstat(directory)
    if (uid !== 0) {
      throw new GodwitError('EMBEDDED_SERVER_FAILED', `${directory} does not belong to root.`, {
        remedy: `Remove ${directory}, or set DATABASE_URL.`,
      })
    }
    await chmod(directory, 0o755)
  }
  return path
}
