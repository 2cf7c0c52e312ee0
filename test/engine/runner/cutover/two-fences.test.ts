import { expect, test } from 'vitest'
import { TestMigration } from '../../../support/control.ts'
import { readFenceState } from '../../../support/fence-state.ts'
import { createDatabase, waitFor } from '../../../support/servers.ts'
import { setWorkedScene, type Scene } from '../scene.ts'
import { eventsOf, liftByHand, lockTarget, reachIncremental, waitForRefusal } from './cutover-scene.ts'

/** There are retries to wait for, on a machine that may be busy. */
const longTestMs = 150_000

/** Two migrations from one source, both in incremental; for the second it may have another name. */
async function setTwo({ secondHost }: { readonly secondHost?: string } = {}) {
  await using opening = new AsyncDisposableStack()
  const secondTarget = opening.use(await createDatabase('target'))
  const first = opening.use(await setWorkedScene())
  const { control, source } = first
  const migration = await TestMigration.create(control.stores, {
    source: { ...source, host: secondHost ?? source.host },
    target: secondTarget,
    label: ' 2',
  })
  const second: Scene = { ...first, target: secondTarget, migration }
  await reachIncremental(first)
  await reachIncremental(second)
  const opened = opening.move()
  return { first, second, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

test('a migration waits with its fence while another one has fenced the source, and then keeps what was there before', async () => {
  await using scenes = await setTwo()
  const { first, second } = scenes
  await using before = await first.source.connect()
  const unfenced = await readFenceState(before)
  await using compared = await lockTarget(first.target, 'customer')
  await first.migration.complete(await first.migration.plan({ fencing: 'READ_ONLY', maxPauseMs: 8_000 }))
  await first.migration.waitForStep('COMPARE')
  await compared.reached()
  await second.migration.waitForStep('INCREMENTAL')
  await second.migration.complete(await second.migration.plan({ fencing: 'BLOCK_CONNECTIONS' }))
  await waitFor(async () => (await second.migration.read()).problem?.code === 'FENCED_BY_OTHER', {
    describe: () => second.migration.situation(),
  })
  expect((await second.migration.read()).problem?.message).toContain(first.migration.shortId)
  await waitForRefusal(first, 'PAUSE_TOO_LONG')
  await compared.release()
  await second.migration.waitForStatus('COMPLETED')
  await using late = await first.source.connect()
  await expect(late.query(`insert into customer (name) values ('late')`)).rejects.toMatchObject({
    code: '25006',
  })
  await liftByHand(second)
  await using after = await first.source.connect()
  expect(await readFenceState(after)).toEqual(unfenced)
})

test(
  'waiting for the fence of another migration is not part of the own pause',
  async () => {
    await using scenes = await setTwo()
    const { first, second } = scenes
    await using compared = await lockTarget(first.target, 'customer')
    await first.migration.complete(await first.migration.plan({ fencing: 'READ_ONLY' }))
    await first.migration.waitForStep('COMPARE')
    await compared.reached()
    const maxPauseMs = 15_000
    await second.migration.complete(await second.migration.plan({ fencing: 'READ_ONLY', maxPauseMs }))
    await waitFor(
      async () => {
        const at = (await eventsOf(second, 'RETRY_SCHEDULED'))
          .filter(({ payload }) => payload.code === 'FENCED_BY_OTHER')
          .map((event) => event.at.getTime())
        return at.length > 1 && at.at(-1)! - at[0]! > maxPauseMs
      },
      { timeoutMs: 60_000, describe: () => second.migration.situation() },
    )
    await first.migration.act('CANCEL')
    const { report } = await second.migration.waitForStatus('COMPLETED')
    expect(report!.pauseMs).toBeLessThan(maxPauseMs)
  },
  longTestMs,
)

test('a source that is the same by another address is fenced by one migration at a time', async () => {
  await using scenes = await setTwo({ secondHost: 'localhost' })
  const { first, second } = scenes
  const plan = await first.migration.plan({ fencing: 'READ_ONLY' })
  expect(plan.measured.warnings).toMatchObject([{ code: 'OTHER_MIGRATIONS' }])
  await second.migration.complete(await second.migration.plan({ fencing: 'READ_ONLY' }))
  await second.migration.waitForStatus('COMPLETED')
  await first.migration.waitForStep('INCREMENTAL')
  await first.migration.complete(await first.migration.plan({ fencing: 'READ_ONLY' }))
  expect(await waitForRefusal(first, 'FENCED_BY_OTHER')).toContain(second.migration.shortId)
})

test(
  'a source that another migration has fenced for good stays fenced, until somebody lifts and forgets that fence',
  async () => {
    await using scenes = await setTwo()
    const { first, second } = scenes
    await using before = await first.source.connect()
    const unfenced = await readFenceState(before)
    await second.migration.complete(await second.migration.plan({ fencing: 'READ_ONLY' }))
    await second.migration.waitForStatus('COMPLETED')
    await first.migration.complete(await first.migration.plan({ fencing: 'READ_ONLY' }))
    expect(await waitForRefusal(first, 'FENCED_BY_OTHER')).toContain(second.migration.shortId)
    await using late = await first.source.connect()
    await expect(late.query(`insert into customer (name) values ('late')`)).rejects.toMatchObject({
      code: '25006',
    })
    await liftByHand(second)
    await first.control.stores.migrations.forgetFence(
      { migrationId: second.migration.id },
      { actor: { kind: 'system', id: 'test', name: 'test' } },
    )
    await first.migration.waitForStep('INCREMENTAL')
    await first.migration.complete(await first.migration.plan({ fencing: 'READ_ONLY' }))
    await first.migration.waitForStatus('COMPLETED')
    await liftByHand(first)
    await using after = await first.source.connect()
    expect(await readFenceState(after)).toEqual(unfenced)
  },
  longTestMs,
)
