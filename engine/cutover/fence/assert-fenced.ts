import type pg from 'pg'
import { toSessionError } from '../../endpoint/index.ts'
import { GodwitError } from '../../errors.ts'
import { findConnectors } from './connect-privileges.ts'
import { findWritable } from './read-only-settings.ts'
import type { FenceMode } from './types.ts'

/** What keeps the source from being fenced as `raiseFence` has left it, in words; empty when nothing does. */
export async function findGaps(session: pg.Client, mode: FenceMode): Promise<readonly string[]> {
  try {
    const writable = await findWritable(session)
    const connectors = mode === 'READ_ONLY' ? [] : await findConnectors(session)
    return [
      ...writable.map((name) => `new transactions of ${name} are not read-only`),
      ...connectors.map((name) => `${name} may connect`),
    ]
  } catch (error) {
    throw toSessionError(error, 'Looking whether the source is still fenced')
  }
}

/**
 * People can take a fence away by themselves, with the statements that they are told.
 * @throws GodwitError FENCE_LIFTED saying what is open
 */
export async function assertFenced(session: pg.Client, mode: FenceMode): Promise<void> {
  const gaps = await findGaps(session, mode)
  if (gaps.length === 0) return
  throw new GodwitError(
    'FENCE_LIFTED',
    `Somebody has opened the fence around the source: ${gaps.join(', ')}.`,
  )
}
