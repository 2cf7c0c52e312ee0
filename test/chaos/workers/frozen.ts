import type { TestControl, TestMigration } from '../../support/control.ts'
import { waitFor, type TestDatabase } from '../../support/servers.ts'
import type { WorkerProcess } from '../../support/worker-process.ts'
import { readEpoch } from './crew.ts'
import { writesOf, type LoggedDatabase } from './statement-log.ts'

/** A migration between servers that log what is done, and workers that freeze. */
export interface FrozenScene {
  readonly control: TestControl
  readonly source: LoggedDatabase
  readonly target: LoggedDatabase
  readonly migration: TestMigration
  /** Only there to be verified. */
  readonly other: TestMigration
}

/** What a worker had done when it was frozen, and must not have added to when it is awake again. */
export interface Frozen {
  readonly worker: WorkerProcess
  readonly epoch: bigint
}

export async function freeze({ control, migration }: FrozenScene, worker: WorkerProcess): Promise<Frozen> {
  const epoch = await readEpoch(control, migration)
  worker.freeze()
  return { worker, epoch }
}

/** Wakes it up, and waits until it works again: the other migration is verified until it is the one that does it. */
export async function wakeUp({ control, other }: FrozenScene, { worker }: Frozen): Promise<void> {
  worker.wakeUp()
  const verifiers: (string | null | undefined)[] = []
  await waitFor(
    async () => {
      await other.act('VERIFY')
      await other.waitForStatus('READY')
      const events = await control.stores.events.readMigration(other.id, 0n, 1_000)
      verifiers.push(events.findLast(({ type }) => type === 'VERIFY_FINISHED')?.actor.id)
      return verifiers.at(-1) === worker.owner
    },
    { timeoutMs: 60_000, describe: () => `${worker.owner} to verify, not only ${verifiers.join(', ')}` },
  )
}

/** What a former owner has written to source and target, and the number of its events. */
export async function workOf({ control, source, target, migration }: FrozenScene, { worker, epoch }: Frozen) {
  const owner = { shortId: migration.shortId, epoch }
  const events = await control.stores.events.readMigration(migration.id, 0n, 1_000)
  return {
    onSource: writesOf(await source.statements(), owner),
    onTarget: writesOf(await target.statements(), owner),
    events: events.filter(({ actor }) => actor.id === worker.owner).length,
  }
}

/** Waits until the owner of the epoch waits for a lock of the source. */
export async function waitForBlocked(
  source: TestDatabase,
  { shortId }: TestMigration,
  epoch: bigint,
): Promise<void> {
  // In another database: a fence ends the sessions of this one.
  await using session = await source.connect({ database: 'postgres' })
  await waitFor(
    async () =>
      (
        await session.query(
          `select from pg_stat_activity where wait_event_type = 'Lock' and application_name like $1`,
          [`godwit ${shortId} e${epoch} %`],
        )
      ).rowCount === 1,
    { timeoutMs: 60_000, describe: `epoch ${epoch} to wait for the lock` },
  )
}
