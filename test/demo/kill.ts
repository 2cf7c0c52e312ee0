/** Finds the moment for a kill during the full copy. */
import { Client } from 'pg'
import { setTimeout as delay } from 'node:timers/promises'
import type { DemoDatabase } from './servers.ts'

/** Of the source, how much is catalog and empty indexes, about. */
const emptyShopBytes = 12_000_000
/** Of the rows, how much is on the target when the copy is under way for certain. */
const copiedShare = 0.1
const pollMs = 20

export interface KillDuringCopyOptions {
  readonly kill: () => Promise<void>
  readonly target: DemoDatabase
  readonly sourceBytes: bigint
  /** Whether the full copy is done, so that it is too late. */
  readonly isOver: () => boolean
}

/**
 * Kills when part of the rows are on the target. Asks the target itself, because a small shop is copied before
 * the API tells of it.
 * @returns when it was killed, to tell whether the copy was still under way; null when the copy was done before
 */
export async function killDuringCopy(
  options: KillDuringCopyOptions,
  signal: AbortSignal,
): Promise<Date | null> {
  const { kill, target, sourceBytes, isOver } = options
  const threshold = emptyShopBytes + copiedShare * Math.max(Number(sourceBytes) - emptyShopBytes, 0)
  const client = new Client({ connectionString: target.url, application_name: 'kill' })
  await client.connect()
  try {
    while (!isOver()) {
      const { rows } = await client.query<{ bytes: string }>(
        'select pg_database_size(current_database()) as bytes',
      )
      if (Number(rows[0]?.bytes) >= threshold) {
        const killedAt = new Date()
        await kill()
        return killedAt
      }
      await delay(pollMs, undefined, { signal })
    }
    return null
  } finally {
    await client.end()
  }
}
