import { expect, test } from 'vitest'
import { startTestWorker, type TestControl } from '../../../support/control.ts'
import { readFenceState } from '../../../support/fence-state.ts'
import { holdStep, holdWrite } from '../../../support/hold-step.ts'
import { startWorkerProcess } from '../../../support/worker-process.ts'
import { setScene } from '../scene.ts'
import { reachIncremental, waitForRefusal } from './cutover-scene.ts'

const leaseTtlMs = 3_000
const longTestMs = 120_000

/** In their order: where a worker is killed that gives a completion up. */
const places = [
  {
    where: 'before the steps are taken back',
    fencings: ['READ_ONLY', 'NONE'],
    hold: (control: TestControl) => holdStep(control, 'FENCE', 'PENDING'),
  },
  {
    where: 'when all steps but the last are taken back',
    fencings: ['READ_ONLY', 'NONE'],
    hold: (control: TestControl) => holdStep(control, 'INCREMENTAL', 'RUNNING'),
  },
  {
    where: 'between lifting the fence and forgetting it',
    fencings: ['BLOCK_CONNECTIONS'],
    hold: (control: TestControl) =>
      holdWrite(control, {
        on: 'update',
        table: 'streams',
        when: 'old.fence is not null and new.fence is null',
      }),
  },
  {
    where: 'between forgetting the fence and telling of it',
    fencings: ['READ_ONLY'],
    hold: (control: TestControl) =>
      holdWrite(control, { on: 'insert', table: 'events', when: `new.type = 'SOURCE_UNFENCED'` }),
  },
  {
    where: 'before the change of status',
    fencings: ['READ_ONLY', 'NONE'],
    hold: (control: TestControl) =>
      holdWrite(control, {
        on: 'update',
        table: 'migrations',
        when: `old.status = 'COMPLETING' and new.status = 'RUNNING'`,
      }),
  },
] as const

const cases = places.flatMap(({ where, fencings, hold }) =>
  fencings.map((fencing) => ({ where, fencing, hold })),
)

test.for(cases)(
  'a worker is killed while it gives up with fencing $fencing, $where: the next one gives up too',
  { timeout: longTestMs },
  async ({ fencing, hold }) => {
    await using scene = await setScene()
    const { source, target, control, migration } = scene
    await using before = await source.connect()
    const unfenced = await readFenceState(before)
    await using first = startWorkerProcess(control, { leaseTtlMs })
    await reachIncremental(scene)
    await target.query(`insert into customer overriding system value values (-1, 'of nobody')`)
    await using held = await hold(control)
    await migration.complete(await migration.plan({ fencing }))
    await held.reached()
    await first.kill()
    // Nothing would refuse the completion now, if it were tried again.
    await target.query('delete from customer where id = -1')
    await held.release()
    await using second = startTestWorker(control.stores, { owner: 'second' })
    expect(await waitForRefusal(scene, 'TARGET_DIFFERS')).toContain('public.customer')
    await using session = await source.connect()
    expect(await readFenceState(session)).toEqual(unfenced)
    await session.query(`insert into customer (name) values ('afterwards')`)
    expect(await control.stores.migrations.fence(migration.id)).toBeNull()

    await migration.waitForStep('INCREMENTAL')
    await migration.complete(await migration.plan({ fencing }))
    await migration.waitForStatus('COMPLETED')
    void second
  },
)
