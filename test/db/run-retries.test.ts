import { expect, test } from 'vitest'
import { alice, makeRunning, openTestStores, problem, reread } from './fixtures.ts'

const hourMs = 3_600_000

test('failures are counted from the first on, and forgotten when things go well again', async () => {
  await using control = await openTestStores()
  const { runs } = control.stores
  const { migration, lease } = await makeRunning(control.stores)
  await runs.saveRetry(lease, { error: problem, delayMs: hourMs })
  const first = await runs.load(lease)
  expect(first).toMatchObject({ attempt: 1, firstFailureAt: expect.any(Date) })
  expect(first.migration).toMatchObject({
    status: 'RUNNING',
    version: migration.version,
    problem,
    nextAttemptAt: expect.any(Date),
  })
  await runs.saveRetry(lease, { error: { ...problem, message: 'Still away.' }, delayMs: hourMs })
  const second = await runs.load(lease)
  expect(second).toMatchObject({ attempt: 2, firstFailureAt: first.firstFailureAt })
  expect(second.migration.problem?.message).toBe('Still away.')
  await runs.clearRetry(lease)
  const cleared = await runs.load(lease)
  expect(cleared).toMatchObject({ attempt: 0, firstFailureAt: null })
  expect(cleared.migration).toMatchObject({ problem: null, nextAttemptAt: null })
  const events = await control.stores.events.readMigration(migration.id, 0n, 100)
  const retries = events.filter((event) => event.type === 'RETRY_SCHEDULED')
  expect(retries.map((event) => event.payload)).toEqual([
    { code: problem.code, remedy: problem.remedy, attempt: 1, delayMs: hourMs },
    { code: problem.code, remedy: problem.remedy, attempt: 2, delayMs: hourMs },
  ])
})

test('waiting for another migration is told of once and is no failure in a row, neither while it lasts nor afterwards', async () => {
  await using control = await openTestStores()
  const { runs, events } = control.stores
  const { migration, lease } = await makeRunning(control.stores)
  const wait = { ...problem, code: 'FENCED_BY_OTHER' } as const
  await runs.saveRetry(lease, { error: problem, delayMs: hourMs })
  const readRetries = async () =>
    (await events.readMigration(migration.id, 0n, 100)).flatMap(({ type, payload }) =>
      type === 'RETRY_SCHEDULED' ? [payload['code']] : [],
    )
  for (let n = 0; n < 5; n += 1) {
    await runs.saveRetry(lease, { error: wait, delayMs: hourMs, waits: true })
    expect(await runs.load(lease)).toMatchObject({
      attempt: 1,
      firstFailureAt: null,
      migration: { problem: wait, nextAttemptAt: expect.any(Date) },
    })
  }
  expect(await readRetries()).toEqual([problem.code, 'FENCED_BY_OTHER'])
  await runs.saveRetry(lease, { error: problem, delayMs: hourMs })
  expect(await runs.load(lease)).toMatchObject({ attempt: 2, firstFailureAt: expect.any(Date) })
  await runs.saveRetry(lease, { error: wait, delayMs: hourMs, waits: true })
  expect(await readRetries()).toEqual([problem.code, 'FENCED_BY_OTHER', problem.code, 'FENCED_BY_OTHER'])
})

test('a retry does not delay what a person has asked for since the worker last looked', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  await control.stores.migrations.act({ migrationId: migration.id, action: 'CANCEL' }, alice)
  await control.stores.runs.saveRetry(lease, { error: problem, delayMs: hourMs })
  expect(await reread(control.stores, migration)).toMatchObject({
    status: 'CANCELLING',
    nextAttemptAt: null,
    problem: null,
  })
  await control.stores.runs.load(lease)
  await control.stores.runs.saveRetry(lease, { error: problem, delayMs: hourMs })
  expect(await reread(control.stores, migration)).toMatchObject({ nextAttemptAt: expect.any(Date), problem })
})
