import { expect, test } from 'vitest'
import type { Action, ActionRequest } from '../../engine/index.ts'
import {
  alice,
  bob,
  claim,
  createMigration,
  makeReady,
  makeRunning,
  openTestStores,
  rejectionOf,
  reread,
  waitForBlocked,
  type TestStores,
} from './fixtures.ts'

/** What a failed action must leave as it was. */
async function readTraces(control: TestStores): Promise<unknown> {
  const { rows } = await control.database.query(
    `select (select json_agg(m order by id) from godwit_control.migrations m) as migrations,
            (select count(*) from godwit_control.events) as events,
            (select count(*) from godwit_control.audit) as audit,
            (select count(*) from godwit_jobs.job) as jobs`,
  )
  return rows[0]
}

test('an action moves the status, raises the version, and leaves event, audit entry and nudge', async () => {
  await using control = await openTestStores()
  const draft = await createMigration(control.stores)
  const onBehalf = { actor: { ...alice.actor, onBehalfOf: 'carol' } }
  const acted = await control.stores.migrations.act(
    { migrationId: draft.shortId, action: 'VERIFY' },
    onBehalf,
  )
  expect(acted).toMatchObject({ id: draft.id, status: 'VERIFYING', version: 2 })
  expect(await reread(control.stores, draft)).toEqual(acted)
  const [event] = await control.stores.events.readMigration(draft.id, 1n, 10)
  expect(event).toMatchObject({
    type: 'STATUS_CHANGED',
    sequence: 2n,
    actor: onBehalf.actor,
    payload: { action: 'VERIFY', from: 'DRAFT', to: 'VERIFYING', version: 2 },
  })
  const [entry] = (await control.stores.audit.list({ first: 1 })).items
  expect(entry?.item).toMatchObject({
    operation: 'migration.verify',
    subjectId: draft.id,
    actor: onBehalf.actor,
    details: { from: 'DRAFT', to: 'VERIFYING' },
  })
  const { rows } = await control.database.query(
    `select data from godwit_jobs.job where name = 'migration.nudge'`,
  )
  expect(rows).toEqual([{ data: { migrationId: draft.id } }])
})

test('an action that fails at the very end leaves nothing, and no hole in the events', async () => {
  await using control = await openTestStores()
  const draft = await createMigration(control.stores)
  const before = await readTraces(control)
  await control.database.query(`
    create function refuse() returns trigger language plpgsql as 'begin raise exception using errcode = 23001; end';
    create constraint trigger at_commit after insert on godwit_control.audit
      deferrable initially deferred for each row execute function refuse();`)
  const request = { migrationId: draft.id, action: 'VERIFY' } as const
  await expect(control.stores.migrations.act(request, alice)).rejects.toMatchObject({ code: '23001' })
  expect(await readTraces(control)).toEqual(before)
  await control.database.query('drop function refuse cascade')
  await control.stores.migrations.act(request, alice)
  const events = await control.stores.events.readMigration(draft.id, 0n, 10)
  expect(events.map((event) => event.sequence)).toEqual([1n, 2n])
})

test('what the transition table refuses is refused, with what is possible instead', async () => {
  await using control = await openTestStores()
  const draft = await createMigration(control.stores)
  const before = await readTraces(control)
  for (const action of ['START', 'PAUSE', 'RESUME', 'RETRY', 'COMPLETE'] as const satisfies Action[]) {
    await expect(
      control.stores.migrations.act({ migrationId: draft.id, action, writesStopped: true }, alice),
    ).rejects.toMatchObject({ code: 'ILLEGAL_ACTION', remedy: 'Possible now: VERIFY, EDIT, CANCEL.' })
  }
  expect(await readTraces(control)).toEqual(before)
})

test('a stale version is refused, naming both versions', async () => {
  await using control = await openTestStores()
  const draft = await createMigration(control.stores)
  const request: ActionRequest = { migrationId: draft.id, action: 'VERIFY', expectedVersion: 7 }
  await expect(control.stores.migrations.act(request, alice)).rejects.toMatchObject({
    code: 'STALE_VERSION',
    message: expect.stringMatching(/version 1\b.*\b7\b/),
  })
  expect(await control.stores.migrations.act({ ...request, expectedVersion: 1 }, alice)).toMatchObject({
    status: 'VERIFYING',
  })
})

test('of two who act on the same version at once, one gets STALE_VERSION', async () => {
  await using control = await openTestStores()
  const draft = await createMigration(control.stores)
  const results = await Promise.allSettled([
    control.stores.migrations.act({ migrationId: draft.id, action: 'VERIFY', expectedVersion: 1 }, alice),
    control.stores.migrations.act({ migrationId: draft.id, action: 'CANCEL', expectedVersion: 1 }, bob),
  ])
  const refused = results.filter((result) => result.status === 'rejected')
  expect(refused.map((result) => result.reason.code)).toEqual(['STALE_VERSION'])
  expect((await reread(control.stores, draft)).version).toBe(2)
})

test('an action waits for another on the same migration, and sees what that left', async () => {
  await using control = await openTestStores()
  const draft = await createMigration(control.stores)
  await using holder = await control.database.connect()
  await holder.query('begin')
  await holder.query(`update godwit_control.migrations set status = 'CANCELLED'`)
  const refusal = rejectionOf(
    control.stores.migrations.act({ migrationId: draft.id, action: 'VERIFY' }, alice),
  )
  await waitForBlocked(control.database)
  await holder.query('commit')
  expect(await refusal).toMatchObject({ code: 'ILLEGAL_ACTION' })
})

test('a start needs a report of verify, and one without failures', async () => {
  await using control = await openTestStores()
  const draft = await createMigration(control.stores)
  const ready = await makeReady(control.stores, draft, 'passed', 'failed')
  const start = { migrationId: ready.id, action: 'START', acceptWarnings: true } as const
  await expect(control.stores.migrations.act(start, alice)).rejects.toMatchObject({ code: 'ILLEGAL_ACTION' })
  await control.database.query('delete from godwit_control.verify_reports')
  await expect(control.stores.migrations.act(start, alice)).rejects.toMatchObject({ code: 'ILLEGAL_ACTION' })
})

test('a start without warnings needs no acceptance, and is noted with its time', async () => {
  await using control = await openTestStores()
  const ready = await makeReady(control.stores, await createMigration(control.stores), 'passed')
  const started = await control.stores.migrations.act({ migrationId: ready.id, action: 'START' }, alice)
  expect(started).toMatchObject({ status: 'QUEUED', startedAt: expect.any(Date), finishedAt: null })
})

test('warnings of verify must be accepted; who accepted which is in event and audit entry', async () => {
  await using control = await openTestStores()
  const ready = await makeReady(control.stores, await createMigration(control.stores), 'passed', 'warning')
  const start = { migrationId: ready.id, action: 'START' } as const
  await expect(control.stores.migrations.act(start, alice)).rejects.toMatchObject({
    code: 'WARNINGS_NOT_ACCEPTED',
    message: expect.stringContaining('Check 1'),
  })
  const started = await control.stores.migrations.act({ ...start, acceptWarnings: true }, bob)
  expect(started.status).toBe('QUEUED')
  const event = (await control.stores.events.readMigration(ready.id, 0n, 100)).at(-1)
  expect(event).toMatchObject({ actor: bob.actor, payload: { acceptedWarnings: ['check-1'] } })
  const [entry] = (await control.stores.audit.list({ first: 1 })).items
  expect(entry?.item).toMatchObject({ actor: bob.actor, details: { acceptedWarnings: ['check-1'] } })
})

test('only the last report of verify counts', async () => {
  await using control = await openTestStores()
  const draft = await createMigration(control.stores)
  await makeReady(control.stores, draft, 'warning')
  await makeReady(control.stores, draft, 'passed')
  const started = await control.stores.migrations.act({ migrationId: draft.id, action: 'START' }, alice)
  expect(started.status).toBe('QUEUED')
})

test('cancelling a draft ends it at once', async () => {
  await using control = await openTestStores()
  const draft = await createMigration(control.stores)
  const cancelled = await control.stores.migrations.act({ migrationId: draft.id, action: 'CANCEL' }, alice)
  expect(cancelled).toMatchObject({ status: 'CANCELLED', finishedAt: expect.any(Date) })
})

const failure = { code: 'CONNECTION_LOST', message: 'The source is away.', remedy: 'Wait.' } as const

test('cancelling a migration that waits for its next attempt makes it claimable at once', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  await control.stores.runs.saveRetry(lease, { error: failure, delayMs: 3_600_000 })
  await control.stores.leases.release(lease)
  expect(await control.stores.leases.findClaimable(10)).toEqual([])
  const cancelling = await control.stores.migrations.act(
    { migrationId: migration.id, action: 'CANCEL' },
    alice,
  )
  expect(cancelling).toMatchObject({ status: 'CANCELLING', nextAttemptAt: null })
  expect(await control.stores.leases.findClaimable(10)).toEqual([migration.id])
})

test('pausing and resuming forgets the failures in a row', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  await control.stores.runs.saveRetry(lease, { error: failure, delayMs: 3_600_000 })
  await control.stores.leases.release(lease)
  await control.stores.migrations.act({ migrationId: migration.id, action: 'PAUSE' }, alice)
  const resumed = await control.stores.migrations.act({ migrationId: migration.id, action: 'RESUME' }, alice)
  expect(resumed).toMatchObject({ status: 'QUEUED', problem: null, nextAttemptAt: null })
  const run = await control.stores.runs.load(await claim(control.stores, migration.id))
  expect(run).toMatchObject({ attempt: 0, firstFailureAt: null })
})

test('retrying after a failure clears the problem', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  const failed = await control.stores.runs.report(lease, 'FAILED', { problem: failure })
  expect(failed).toMatchObject({ status: 'FAILED', problem: failure, finishedAt: null })
  const retried = await control.stores.migrations.act({ migrationId: migration.id, action: 'RETRY' }, alice)
  expect(retried).toMatchObject({ status: 'QUEUED', problem: null })
})
