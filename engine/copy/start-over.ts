import type pg from 'pg'
import { clearCopied, inGuardedTransaction, type Guard } from '../bookkeeping/index.ts'

/**
 * Forgets what an unfinished copy had copied, for the next one has another snapshot. Its rows go when their table is
 * copied again.
 * @throws GodwitError LEASE_LOST
 */
export async function startOver(target: pg.Client, guard: Guard): Promise<void> {
  await inGuardedTransaction(target, guard, () => clearCopied(target, guard))
}
