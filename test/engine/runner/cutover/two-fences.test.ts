import { expect, test } from 'vitest'
import { TestMigration } from '../../../support/control.ts'
import { readFenceState } from '../../../support/fence-state.ts'
import { createDatabase, createRole, waitFor, type TestRole } from '../../../support/servers.ts'
import { setWorkedScene, shopSql, type Scene } from '../scene.ts'
import { eventsOf, liftByHand, lockTarget, reachIncremental, waitForRefusal } from './cutover-scene.ts'

/** There are retries to wait for, on a machine that may be busy. */
const longTestMs = 150_000

interface SecondOptions {
  /** Another name of the same source. */
  readonly secondHost?: string
  readonly secondRole?: TestRole
  readonly sql?: string
}

/** Two migrations from one source, both in incremental. */
async function setTwo({ secondHost, secondRole, sql = shopSql }: SecondOptions = {}) {
  await using opening = new AsyncDisposableStack()
  const secondTarget = opening.use(await createDatabase('target'))
  const first = opening.use(await setWorkedScene({ sql }))
  const { control, source } = first
  const migration = await TestMigration.create(control.stores, {
    source: { ...source, ...secondRole, host: secondHost ?? source.host },
    target: secondTarget,
    label: ' 2',
  })
  const second: Scene = { ...first, target: secondTarget, migration }
  await reachIncremental(first)
  await reachIncremental(second)
  const opened = opening.move()
  return { first, second, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

/** What the log says of the times that it has begun to wait for the other one. */
async function waitsOf(scene: Scene) {
  const retries = await eventsOf(scene, 'RETRY_SCHEDULED')
  return retries.filter(({ payload }) => payload.code === 'FENCED_BY_OTHER')
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
        const [begun] = await waitsOf(second)
        const { problem } = await second.migration.read()
        return (
          begun !== undefined &&
          problem?.code === 'FENCED_BY_OTHER' &&
          problem.at.getTime() - begun.at.getTime() > maxPauseMs
        )
      },
      { timeoutMs: 60_000, describe: () => second.migration.situation() },
    )
    expect(await waitsOf(second)).toHaveLength(1)
    await first.migration.act('CANCEL')
    const { report } = await second.migration.waitForStatus('COMPLETED')
    expect(report!.pauseMs).toBeLessThan(maxPauseMs)
  },
  longTestMs,
)

test('a migration that may not connect while another one blocks connections waits for that, and goes on', async () => {
  await using role = await createRole('source', { options: 'replication' })
  const sql = `
    do $$ begin
      execute format('alter database %I owner to ${role.user}', current_database());
    end $$;
    grant create on schema public to ${role.user};
    set role ${role.user};
    ${shopSql}`
  await using scenes = await setTwo({ secondRole: role, sql })
  const { first, second } = scenes
  await using compared = await lockTarget(first.target, 'customer')
  await first.migration.complete(await first.migration.plan({ fencing: 'BLOCK_CONNECTIONS' }))
  await first.migration.waitForStep('COMPARE')
  await compared.reached()
  const waiting = await waitFor(
    async () => {
      const read = await second.migration.read()
      return (read.status !== 'RUNNING' || read.problem?.code === 'FENCED_BY_OTHER') && read
    },
    { describe: () => second.migration.situation() },
  )
  expect(waiting).toMatchObject({
    status: 'RUNNING',
    problem: { message: expect.stringContaining(first.migration.shortId) },
  })
  await first.migration.act('CANCEL')
  await compared.release()
  await first.migration.waitForStatus('CANCELLED')
  await using writer = await first.source.connect()
  await writer.query(`insert into customer (name) values ('afterwards')`)
  const arrived = async () =>
    (await second.target.query(`select from customer where name = 'afterwards'`)).rowCount === 1
  await waitFor(arrived, { describe: () => second.migration.situation() })
})

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
