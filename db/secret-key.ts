import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { GodwitError } from '../engine/index.ts'
import { secretKeyBytes } from './secrets.ts'

export interface SecretKeyOptions {
  /** The value of GODWIT_SECRET_KEY: 32 bytes as base64 or hex. */
  readonly fromEnvironment?: string
  /** Where the key lies otherwise, as `secret.key`; made when it is missing. */
  readonly dataDir: string
}

/**
 * The key that the secrets of endpoints are encrypted with. Without it they cannot be read any more.
 * @throws GodwitError CONFIGURATION_INVALID
 */
export async function loadSecretKey({ fromEnvironment, dataDir }: SecretKeyOptions): Promise<Buffer> {
  if (fromEnvironment !== undefined) return parseKey(fromEnvironment, 'GODWIT_SECRET_KEY')
  const path = join(dataDir, 'secret.key')
  try {
    const text = (await readIfThere(path)) ?? (await createKey(dataDir, path))
    return parseKey(text.trim(), path)
  } catch (error) {
    if (error instanceof GodwitError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new GodwitError('CONFIGURATION_INVALID', `Cannot read or make the secret key: ${why}`, {
      cause: error,
      remedy: 'Set GODWIT_SECRET_KEY, or let GODWIT_DATA_DIR be a directory that this user may write to.',
    })
  }
}

function parseKey(text: string, where: string): Buffer {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  if (/^[A-Za-z0-9+/]{43}=?$/.test(text)) return Buffer.from(text, 'base64')
  throw new GodwitError(
    'CONFIGURATION_INVALID',
    `${where} is not ${secretKeyBytes} bytes as base64 or hex.`,
    {
      remedy: 'Make one with: openssl rand -base64 32',
    },
  )
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Written whole and to the disk before it appears under its name; of two processes at once, one prevails. */
async function createKey(dataDir: string, path: string): Promise<string> {
  await mkdir(dataDir, { recursive: true })
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await using file = await open(draft, 'wx', 0o600)
    await file.writeFile(`${randomBytes(secretKeyBytes).toString('base64')}\n`)
    await file.sync()
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(draft, { force: true })
  }
  return await readFile(path, 'utf8')
}
