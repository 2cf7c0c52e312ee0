import type { Lease, Migration } from '../../../engine/index.ts'
import { claim, alice, makeRunning } from '../../db/fixtures.ts'
import { evaluate } from '../../db/alarms.ts'
import type { Stage } from './stage.ts'

export interface Running {
  readonly migration: Migration
  readonly lease: Lease
}

/** A running migration that belongs to the channel. */
export async function runInChannel(stage: Stage): Promise<Running> {
  const running = await makeRunning(stage.stores)
  await stage.bind(running.migration)
  return running
}

/** Fails it, which raises an alarm. */
export async function fail(stage: Stage, { lease }: Running, message: string): Promise<void> {
  const problem = { code: 'COPY_FAILED', message, remedy: 'Mend it.' } as const
  await stage.stores.runs.report(lease, 'FAILED', { problem })
  await stage.stores.leases.release(lease)
  await evaluate(stage.stores)
}

/** Lets it go on after a failure, which ends the alarm. */
export async function goOn(stage: Stage, { migration }: Running): Promise<Running> {
  await stage.stores.migrations.act({ migrationId: migration.id, action: 'RETRY' }, alice)
  await evaluate(stage.stores)
  const lease = await claim(stage.stores, migration.id)
  return { migration: await stage.stores.runs.report(lease, 'BEGUN'), lease }
}
