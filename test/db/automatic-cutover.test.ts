import { expect, test } from 'vitest'
import {
  weekdays,
  type ActionRequest,
  type CutoverOptions,
  type CutoverPlan,
  type Migration,
} from '../../engine/index.ts'
import {
  alice,
  bob,
  createMigration,
  makeFollowing,
  makeRunning,
  openTestStores,
  planCutover,
  reread,
  type TestStores,
} from './fixtures.ts'

const minuteMs = 60_000
const fenced: CutoverOptions = { fencing: 'READ_ONLY', quietMs: 0, maxPauseMs: 300_000, compare: true }

/** From and until so many minutes from now. */
async function setWindow(
  { stores }: TestStores,
  { id }: Pick<Migration, 'id'>,
  [from, until]: readonly [number, number],
  automatic = true,
): Promise<Migration> {
  const [opensAt, closesAt] = [from, until].map((minutes) => new Date(Date.now() + minutes * minuteMs))
  const window = { once: { opensAt: opensAt!, closesAt: closesAt! } }
  return await stores.cutoverWindows.set({ migrationId: id, setting: { window, automatic } }, alice)
}

/** As if the window had closed a minute ago. */
async function letClose({ database }: TestStores): Promise<void> {
  const [opened, closed] = [-2, -1].map((minutes) => new Date(Date.now() + minutes * minuteMs))
  // A weekly window has no `once` and stays as it is: only the opening that is attended to has passed.
  await database.query(
    `update godwit_control.migrations set cutover_opens_at = $1::timestamptz, cutover_closes_at = $2::timestamptz,
       cutover_window = jsonb_set(jsonb_set(cutover_window, '{window,once,opensAt}', to_jsonb($3::text)),
         '{window,once,closesAt}', to_jsonb($4::text))`,
    [opened, closed, opened!.toISOString(), closed!.toISOString()],
  )
}

/** Follows its source, with a window that is open. */
async function makeFollowingInWindow(control: TestStores): Promise<Migration> {
  const { migration } = await makeFollowing(control.stores)
  return await setWindow(control, migration, [-1, 60])
}

async function planFenced({ stores }: TestStores, migration: Migration): Promise<CutoverPlan> {
  return await planCutover(stores, migration, { overrides: { options: fenced } })
}

async function missesOf({ stores }: TestStores, { id }: Pick<Migration, 'id'>) {
  const events = await stores.events.readMigration(id, 0n, 100)
  return events.filter((event) => event.type === 'CUTOVER_WINDOW_MISSED')
}

test('in an open window an approved plan is executed by Godwit itself', async () => {
  await using control = await openTestStores()
  const migration = await makeFollowingInWindow(control)
  const plan = await planFenced(control, migration)
  await control.stores.cutoverWindows.attend()
  expect(await reread(control.stores, migration)).toMatchObject({ status: 'COMPLETING' })
  expect((await control.stores.cutovers.find(migration.id))?.status).toBe('EXECUTING')
  const [entry] = (await control.stores.audit.list({ first: 1 })).items
  expect(entry?.item).toMatchObject({
    operation: 'migration.complete',
    actor: { kind: 'system' },
    details: { digest: plan.digest },
  })
  expect(await missesOf(control, migration)).toEqual([])
})

test('several workers at once complete once', async () => {
  await using control = await openTestStores()
  const migration = await makeFollowingInWindow(control)
  await planFenced(control, migration)
  await Promise.all([1, 2, 3].map(() => control.stores.cutoverWindows.attend()))
  expect((await reread(control.stores, migration)).version).toBe(migration.version + 1)
})

test.each([
  ['that has not opened', [10, 60], true],
  ['that is not automatic', [-1, 60], false],
] as const)('in a window %s nothing happens by itself', async (_which, times, automatic) => {
  await using control = await openTestStores()
  const { migration } = await makeFollowing(control.stores)
  const set = await setWindow(control, migration, times, automatic)
  await planFenced(control, set)
  await control.stores.cutoverWindows.attend()
  expect(await reread(control.stores, migration)).toEqual(set)
  expect(await missesOf(control, migration)).toEqual([])
})

test('a window that opens without an approved plan is told once; a plan in the window is executed still', async () => {
  await using control = await openTestStores()
  const migration = await makeFollowingInWindow(control)
  await Promise.all([1, 2, 3].map(() => control.stores.cutoverWindows.attend()))
  expect(await missesOf(control, migration)).toMatchObject([
    { actor: { kind: 'system' }, payload: { reason: 'NO_APPROVED_PLAN' } },
  ])
  await planFenced(control, migration)
  await control.database.query(`update godwit_control.cutover_plans set status = 'PENDING'`)
  await control.stores.cutoverWindows.attend()
  expect((await reread(control.stores, migration)).status).toBe('RUNNING')
  await control.database.query(`update godwit_control.cutover_plans set status = 'APPROVED'`)
  await control.stores.cutoverWindows.attend()
  expect((await reread(control.stores, migration)).status).toBe('COMPLETING')
  expect(await missesOf(control, migration)).toHaveLength(1)
})

test('an expired plan is not executed', async () => {
  await using control = await openTestStores()
  const migration = await makeFollowingInWindow(control)
  await planFenced(control, migration)
  await control.database.query(`update godwit_control.cutover_plans set expires_at = now()`)
  await control.stores.cutoverWindows.attend()
  expect((await reread(control.stores, migration)).status).toBe('RUNNING')
  expect(await missesOf(control, migration)).toMatchObject([{ payload: { reason: 'NO_APPROVED_PLAN' } }])
})

test('without a fence a person has to say that writes have stopped', async () => {
  await using control = await openTestStores()
  const migration = await makeFollowingInWindow(control)
  await planCutover(control.stores, migration)
  await control.stores.cutoverWindows.attend()
  expect((await reread(control.stores, migration)).status).toBe('RUNNING')
  expect(await missesOf(control, migration)).toMatchObject([{ payload: { reason: 'PLAN_WITHOUT_FENCE' } }])
})

test('a migration that does not follow yet when its window opens is told of', async () => {
  await using control = await openTestStores()
  const { migration } = await makeRunning(control.stores)
  await setWindow(control, migration, [-1, 60])
  await control.stores.cutoverWindows.attend()
  expect(await missesOf(control, migration)).toMatchObject([{ payload: { reason: 'NOT_FOLLOWING' } }])
})

test('a window that closes without a completion is told once, even when no worker was there', async () => {
  await using control = await openTestStores()
  const migration = await makeFollowingInWindow(control)
  await planFenced(control, migration)
  await letClose(control)
  await Promise.all([1, 2, 3].map(() => control.stores.cutoverWindows.attend()))
  expect((await reread(control.stores, migration)).status).toBe('RUNNING')
  expect(await missesOf(control, migration)).toMatchObject([{ payload: { reason: 'CLOSED' } }])
})

test('a weekly window goes on to its next opening', async () => {
  await using control = await openTestStores()
  const { migration } = await makeFollowing(control.stores)
  const tomorrow = new Date(Date.now() + 24 * 60 * minuteMs)
  const day = tomorrow.toLocaleDateString('en-US', { weekday: 'long', timeZone: 'UTC' }).toUpperCase()
  const weekly = {
    days: weekdays.filter((weekday) => weekday === day),
    opens: '11:00',
    closes: '13:00',
    timeZone: 'UTC',
  }
  const setting = { window: { weekly }, automatic: true }
  await control.stores.cutoverWindows.set({ migrationId: migration.id, setting }, alice)
  const read = async () =>
    (
      await control.database.query(
        'select cutover_opens_at, cutover_closes_at from godwit_control.migrations',
      )
    ).rows[0]
  const planned = await read()
  expect(planned).toMatchObject({
    cutover_opens_at: new Date(`${tomorrow.toISOString().slice(0, 10)}T11:00:00Z`),
  })
  await letClose(control)
  await control.stores.cutoverWindows.attend()
  expect(await read()).toEqual(planned)
  expect(await missesOf(control, migration)).toHaveLength(1)
})

test('nothing is told of a window of a migration that has not started, or is completing', async () => {
  await using control = await openTestStores()
  const draft = await createMigration(control.stores)
  await setWindow(control, draft, [-1, 60])
  const completing = await makeFollowingInWindow(control)
  await planFenced(control, completing)
  await control.stores.cutoverWindows.attend()
  await letClose(control)
  await control.stores.cutoverWindows.attend()
  expect((await reread(control.stores, completing)).status).toBe('COMPLETING')
  expect([...(await missesOf(control, draft)), ...(await missesOf(control, completing))]).toEqual([])
})

test('what fails with one migration does not hold up the others', async () => {
  await using control = await openTestStores()
  const broken = await makeFollowingInWindow(control)
  const sound = await makeFollowingInWindow(control)
  await planFenced(control, broken)
  await planFenced(control, sound)
  await control.database.query(
    `update godwit_control.migrations set cutover_opens_at = now() - interval '1 hour' where id = $1`,
    [broken.id],
  )
  await control.database.query(`
    create function refuse() returns trigger language plpgsql as 'begin raise exception using errcode = 23001; end';
    create trigger refusing before update on godwit_control.cutover_plans for each row
      when (old.migration_id = '${broken.id}') execute function refuse();`)
  await expect(control.stores.cutoverWindows.attend()).rejects.toThrow('could not be attended to')
  expect((await reread(control.stores, broken)).status).toBe('RUNNING')
  expect((await reread(control.stores, sound)).status).toBe('COMPLETING')
})

function completion(plan: CutoverPlan, change: Partial<ActionRequest> = {}): ActionRequest {
  return { migrationId: plan.migrationId, action: 'COMPLETE', planDigest: plan.digest, ...change }
}

test('outside of its window a migration is not completed, and the refusal names the next opening', async () => {
  await using control = await openTestStores()
  const { migration } = await makeFollowing(control.stores)
  const set = await setWindow(control, migration, [10, 60], false)
  const plan = await planFenced(control, set)
  const { window } = set.cutoverWindow!
  await expect(control.stores.migrations.act(completion(plan), bob)).rejects.toMatchObject({
    code: 'CUTOVER_WINDOW_CLOSED',
    remedy: expect.stringContaining('once' in window ? window.once.opensAt.toISOString() : 'once'),
  })
  expect(await reread(control.stores, migration)).toEqual(set)
  await setWindow(control, migration, [-1, 60], false)
  const open = await planFenced(control, await reread(control.stores, migration))
  expect((await control.stores.migrations.act(completion(open), bob)).status).toBe('COMPLETING')
})

test('a window that does not open any more is to be set anew', async () => {
  await using control = await openTestStores()
  const { migration } = await makeFollowing(control.stores)
  const plan = await planFenced(control, await setWindow(control, migration, [-2, 60], false))
  await control.database.query(`update godwit_control.migrations set cutover_window =
    '{"automatic":false,"window":{"once":{"opensAt":"2026-01-01T00:00:00Z","closesAt":"2026-01-01T01:00:00Z"}}}'`)
  await expect(control.stores.migrations.act(completion(plan), bob)).rejects.toMatchObject({
    code: 'CUTOVER_WINDOW_CLOSED',
    remedy: expect.stringContaining('Set another window'),
  })
})

test('break-glass completes outside of the window even an approved plan, and is loud', async () => {
  await using control = await openTestStores()
  const { migration } = await makeFollowing(control.stores)
  const plan = await planFenced(control, await setWindow(control, migration, [10, 60], false))
  const breakGlass = { reason: 'The source is about to be switched off.' }
  const completed = await control.stores.migrations.act(completion(plan, { breakGlass }), bob)
  expect(completed.status).toBe('COMPLETING')
  const events = await control.stores.events.readMigration(migration.id, 0n, 100)
  expect(events.filter((event) => event.type === 'BREAK_GLASS')).toMatchObject([
    { actor: bob.actor, payload: { reason: breakGlass.reason, lacking: expect.stringContaining('window') } },
  ])
  expect((await control.stores.cutovers.find(migration.id))?.breakGlass).toMatchObject(breakGlass)
})
