import { GodwitError, type Lease } from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import { leases } from '../schema/index.ts'
import { isHeld } from './lease-store.ts'
import { lockEvenDeleted, type MigrationRow } from './migration-rows.ts'

/**
 * Runs a worker's write in a transaction that holds off a new owner until its end; several of one owner may run at
 * once. Not for what appends events: see `asOwnerOfLocked`.
 * @throws GodwitError LEASE_LOST
 */
export async function asOwner(
  database: ControlDatabase,
  lease: Lease,
  work: (transaction: Database) => Promise<void>,
): Promise<void> {
  await database.transaction(async (transaction) => {
    await assertHeld(transaction, lease, 'share')
    await work(transaction)
  })
}

/**
 * The same with the migration locked too, as events need it. The migration comes first, here as in a claim, so that
 * nobody waits for each other.
 * @throws GodwitError LEASE_LOST
 */
export async function asOwnerOfLocked<T>(
  database: ControlDatabase,
  lease: Lease,
  work: (transaction: Database, row: MigrationRow) => Promise<T>,
): Promise<T> {
  return await database.transaction(async (transaction) => {
    const row = await lockEvenDeleted(transaction, lease.migrationId)
    await assertHeld(transaction, lease, 'no key update')
    return await work(transaction, row)
  })
}

/** Holds off a new owner until the end of the transaction. @throws GodwitError LEASE_LOST */
export async function assertHeld(
  transaction: Database,
  lease: Lease,
  strength: 'share' | 'no key update',
): Promise<void> {
  const held = await transaction
    .select({ epoch: leases.epoch })
    .from(leases)
    .where(isHeld(lease))
    .for(strength)
  if (held.length > 0) return
  throw new GodwitError('LEASE_LOST', `${lease.owner} does not own migration ${lease.migrationId} any more.`)
}
