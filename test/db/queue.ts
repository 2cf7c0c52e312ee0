import type { ControlStores, Lease, Migration } from '../../engine/index.ts'
import { alice, claim, createMigration, makeReady } from './fixtures.ts'

export const hourMs = 3_600_000

export async function enqueue(stores: ControlStores, targetId?: string): Promise<Migration> {
  const draft = await createMigration(stores, targetId === undefined ? {} : { targetId })
  await makeReady(stores, draft, 'passed')
  return await stores.migrations.act({ migrationId: draft.id, action: 'START' }, alice)
}

export async function enqueueMany(
  stores: ControlStores,
  count: number,
  targetId?: string,
): Promise<string[]> {
  const ids: string[] = []
  for (let index = 0; index < count; index += 1) ids.push((await enqueue(stores, targetId)).id)
  return ids
}

/** Claimed and begun: it copies. */
export async function begin(stores: ControlStores, id: string): Promise<Lease> {
  const lease = await claim(stores, id)
  await stores.runs.report(lease, 'BEGUN')
  return lease
}

export async function tryToClaim(stores: ControlStores, id: string): Promise<boolean> {
  return (await stores.leases.claim(id, 'worker-9', hourMs)) !== null
}
