import { Client } from 'pg'
import { expect, test } from 'vitest'
import { startTestWorker } from '../../../support/control.ts'
import { holdWrite } from '../../../support/hold-step.ts'
import { waitFor } from '../../../support/servers.ts'
import { startWorkerProcess } from '../../../support/worker-process.ts'
import { ledgerSql, startWriters } from '../../../support/writers.ts'
import { setScene, setWorkedScene, shopSql, type Scene } from '../scene.ts'
import { expectNothingLost, lockTarget, reachIncremental, waitForRefusal } from './cutover-scene.ts'

const leaseTtlMs = 3_000
const longTestMs = 150_000

/** Asks for a completion and keeps it catching up: it has to write to a table of the target that is locked. */
async function completeUntilCatchUp({ source, target, migration }: Scene) {
  const plan = await migration.plan({ fencing: 'READ_ONLY', maxPauseMs: 60_000 })
  const lock = await lockTarget(target, 'customer')
  await source.query('update customer set name = name where id = 1')
  await migration.complete(plan)
  await migration.waitForStatus('COMPLETING')
  await lock.reached()
  return lock
}

/** On the control database, behind the back of the stores. */
async function runOnControl({ control }: Scene, sql: string, values: readonly unknown[]): Promise<void> {
  const client = new Client({ connectionString: control.databaseUrl })
  await client.connect()
  try {
    await client.query(sql, [...values])
  } finally {
    await client.end()
  }
}

test(
  'a window that closes while a completion catches up: the lag is seen all along, nothing is fenced, incremental goes on',
  async () => {
    await using scene = await setWorkedScene()
    const { source, control, migration } = scene
    await reachIncremental(scene)
    await using held = await completeUntilCatchUp(scene)
    const [before] = await control.stores.migrations.lagSamples(migration.id, 1)
    await waitFor(
      async () => {
        const [last] = await control.stores.migrations.lagSamples(migration.id, 1)
        return last !== undefined && (before === undefined || last.at > before.at)
      },
      { describe: 'the lag to be measured while the completion catches up' },
    )
    const window = { once: { opensAt: '2020-01-01T00:00:00.000Z', closesAt: '2020-01-02T00:00:00.000Z' } }
    await runOnControl(scene, 'update godwit_control.migrations set cutover_window = $1 where id = $2', [
      { window, automatic: false },
      migration.id,
    ])
    await held.release()
    expect(await waitForRefusal(scene, 'CUTOVER_WINDOW_CLOSED')).toContain('that is not now')
    await source.query('update customer set name = name where id = 1')
  },
  longTestMs,
)

test(
  'a worker dies while a completion catches up, long ago: the next one goes on with the plan as it was approved',
  async () => {
    await using scene = await setScene({ sql: shopSql + ledgerSql })
    const { source, control, migration } = scene
    await using first = startWorkerProcess(control, { leaseTtlMs })
    await reachIncremental(scene)
    await using held = await completeUntilCatchUp(scene)
    await first.kill()
    await runOnControl(
      scene,
      `update godwit_control.lag_samples set at = at - interval '5 minutes' where migration_id = $1`,
      [migration.id],
    )
    await source.query('insert into ledger values (-1, 0)')
    await held.release()
    await using second = startTestWorker(control.stores, { owner: 'second' })
    const { report } = await migration.waitForStatus('COMPLETED')
    expect(report?.requestedBy).toBe('test')
    void second
  },
  longTestMs,
)

test(
  'a worker dies before it has fenced anything: writers have not waited, so that is no pause',
  async () => {
    await using scene = await setScene({ sql: shopSql + ledgerSql })
    const { source, control, migration } = scene
    await using first = startWorkerProcess(control, { leaseTtlMs })
    await reachIncremental(scene)
    await using writers = await startWriters(source, [null])
    // Writers are about to wait, and its place is taken, but nothing of the fence is raised yet.
    const when = `pg_catalog.jsonb_array_length(new.fence -> 'undo') > 0`
    await using held = await holdWrite(control, { on: 'update', table: 'streams', when })
    await migration.complete(await migration.plan({ fencing: 'READ_ONLY', maxPauseMs: 60_000 }))
    await held.reached()
    await migration.waitForStep('FENCE')
    await first.kill()
    const killedAt = new Date()
    await held.release()
    await using second = startTestWorker(control.stores, { owner: 'second' })
    await migration.waitForStatus('COMPLETED')
    await writers.stop()
    await expectNothingLost(scene, writers)
    const steps = await control.stores.migrations.steps(migration.id)
    expect(steps.find(({ step }) => step === 'FENCE')?.startedAt?.getTime()).toBeGreaterThan(
      killedAt.getTime(),
    )
    void second
  },
  longTestMs,
)
