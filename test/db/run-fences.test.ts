import { expect, test } from 'vitest'
import type { Lease, RunStore, SourceFence } from '../../engine/index.ts'
import { alice, makeRunning, openTestStores, problem, reread } from './fixtures.ts'

test('what fences the source comes back as it was written down, until it is forgotten', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  const { runs, migrations } = control.stores
  const fence: SourceFence = {
    mode: 'READ_ONLY',
    since: new Date('2026-01-02T03:04:05.678Z'),
    sourceTime: '2026-01-02 03:04:05.678901+00',
    undo: ['ALTER DATABASE "d" RESET default_transaction_read_only'],
    reported: true,
  }
  await runs.saveStream(lease, { fence })
  await runs.saveStream(lease, { timeline: 7 })
  expect((await runs.load(lease)).stream).toMatchObject({ fence, timeline: 7 })
  expect(await migrations.fence(migration.shortId)).toEqual({ ...fence, givenUp: null })
  await runs.saveStream(lease, { fence: null })
  expect((await runs.load(lease)).stream.fence).toBeNull()
  expect(await migrations.fence(migration.id)).toBeNull()
})

const givenUp = { code: 'PAUSE_TOO_LONG', message: 'Too long.', remedy: 'Wait.' } as const

const ends: Record<string, (runs: RunStore, lease: Lease) => Promise<unknown>> = {
  'its refusal': (runs, lease) => runs.report(lease, 'COMPLETION_REFUSED', { problem }),
  'its failure': (runs, lease) => runs.report(lease, 'FAILED', { problem }),
}

test.each(Object.entries(ends))(
  'why a completion is given up is kept, with a fence and without, until %s',
  async (_name, end) => {
    await using control = await openTestStores()
    const { stores, database } = control
    const { migration, lease } = await makeRunning(stores)
    await database.query(`update godwit_control.migrations set status = 'COMPLETING'`)
    await stores.runs.saveStream(lease, { givenUp })
    await stores.runs.saveStream(lease, { fence: null })
    expect((await stores.runs.load(lease)).stream.givenUp).toEqual(givenUp)
    await end(stores.runs, lease)
    expect((await stores.runs.load(lease)).stream.givenUp).toBeNull()
    expect((await reread(stores, migration)).problem).toMatchObject(problem)
  },
)

test('a cancel ends the giving up of a completion, and so does its own end where that was written late', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  const { migration, lease } = await makeRunning(stores)
  await database.query(`update godwit_control.migrations set status = 'COMPLETING'`)
  await stores.runs.saveStream(lease, { givenUp })
  await stores.migrations.act({ migrationId: migration.id, action: 'CANCEL' }, alice)
  expect((await stores.runs.load(lease)).stream.givenUp).toBeNull()
  await stores.runs.saveStream(lease, { givenUp })
  await stores.runs.report(lease, 'CLEANED_UP')
  expect((await stores.runs.load(lease)).stream.givenUp).toBeNull()
})
