import { isActive, type LagSample, type Migration } from '../../engine/index.ts'
import type { ApiServices } from '../context.ts'
import { listenTo, sleep } from './bell.ts'
import { type Stream, streamOf } from './stream.ts'

/**
 * The migration as it is now, and again at every change; while a worker is at it also in between, since its
 * progress changes all the time.
 */
export function followMigration(services: ApiServices, id: string): Stream<Migration> {
  const { stores, subscriptions } = services
  return streamOf(async function* (signal) {
    using bell = listenTo(stores.doorbell, id)
    let sent: Migration | undefined
    while (!signal.aborted) {
      const migration = await stores.migrations.find(id)
      if (migration === null) return
      if (sent === undefined || isActive(migration.status) || hasChanged(sent, migration)) {
        sent = migration
        yield migration
        await sleep(subscriptions.snapshotGapMs, signal)
      }
      await bell.wait(subscriptions.pollMs, signal)
    }
  })
}

function hasChanged(before: Migration, after: Migration): boolean {
  return (
    before.version !== after.version ||
    before.problem?.at.getTime() !== after.problem?.at.getTime() ||
    before.nextAttemptAt?.getTime() !== after.nextAttemptAt?.getTime()
  )
}

/** The latest lag sample of a migration, and each newer one. */
export function followLag(services: ApiServices, migrationId: string): Stream<LagSample> {
  const { stores, subscriptions } = services
  return streamOf(async function* (signal) {
    using bell = listenTo(stores.doorbell, migrationId)
    let sentAt: number | undefined
    while (!signal.aborted) {
      const [sample] = await stores.migrations.lagSamples(migrationId, 1)
      if (sample !== undefined && sample.at.getTime() !== sentAt) {
        sentAt = sample.at.getTime()
        yield sample
        await sleep(subscriptions.snapshotGapMs, signal)
      }
      await bell.wait(subscriptions.pollMs, signal)
    }
  })
}
