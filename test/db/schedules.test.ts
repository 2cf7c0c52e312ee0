import { Temporal } from 'temporal-polyfill'
import { expect, test } from 'vitest'
import type {
  ActionRequest,
  CheckOutcome,
  ControlStores,
  Migration,
  NewSchedule,
} from '../../engine/index.ts'
import {
  alice,
  bob,
  claim,
  createMigration,
  makeReady,
  openTestStores,
  rejectionOf,
  reread,
  type TestStores,
} from './fixtures.ts'

const hourMs = 3_600_000
const inAnHour = () => new Date(Date.now() + hourMs)

async function createReady({ stores }: TestStores, ...outcomes: readonly CheckOutcome[]): Promise<Migration> {
  return await makeReady(stores, await createMigration(stores), ...outcomes)
}

async function schedule(
  stores: ControlStores,
  { id }: Migration,
  change: Partial<NewSchedule> & Pick<ActionRequest, 'acceptWarnings'> = {},
  context = alice,
): Promise<Migration> {
  const { acceptWarnings, ...rest } = change
  const when: NewSchedule = { whenMissed: 'REPORT', startAt: inAnHour(), ...rest }
  const accepted = acceptWarnings === undefined ? {} : { acceptWarnings }
  return await stores.migrations.act(
    { migrationId: id, action: 'SCHEDULE', schedule: when, ...accepted },
    context,
  )
}

/** Lets the time of a scheduled migration come. */
async function makeDue({ database }: TestStores): Promise<void> {
  await database.query(`update godwit_control.migrations set start_at = now() - interval '1 second'`)
}

async function eventsOf({ stores }: TestStores, { id }: Migration, type: string) {
  return (await stores.events.readMigration(id, 0n, 100)).filter((event) => event.type === type)
}

async function readStart({ database }: TestStores): Promise<unknown> {
  return (await database.query('select start_at, schedule from godwit_control.migrations')).rows[0]
}

/** When the clocks of a zone change next, by at least a day from now: forward, and back. */
function nextChanges() {
  const tomorrow = Temporal.Now.instant().add({ hours: 24 })
  const changes = ['Europe/Berlin', 'America/New_York'].flatMap((timeZone) => {
    const first = tomorrow.toZonedDateTimeISO(timeZone).getTimeZoneTransition('next')!
    return [first, first.getTimeZoneTransition('next')!]
  })
  const sorted = changes.toSorted((one, other) => Temporal.ZonedDateTime.compare(one, other))
  const goesForward = (change: Temporal.ZonedDateTime) =>
    change.offsetNanoseconds > change.subtract({ seconds: 1 }).offsetNanoseconds
  return { forward: sorted.find(goesForward)!, back: sorted.find((change) => !goesForward(change))! }
}

test('a schedule at a time that the clocks skip, or show twice, starts at the moment that was told', async () => {
  await using control = await openTestStores()
  const ready = await createReady(control, 'passed')
  const schedule = async (localTime: Temporal.PlainDateTime, timeZone: string) => {
    const when: NewSchedule = { localTime: localTime.toString(), timeZone, whenMissed: 'RUN' }
    const request = { migrationId: ready.id, action: 'SCHEDULE', schedule: when } as const
    await control.stores.migrations.act(request, alice)
    return (await reread(control.stores, ready)).schedule
  }
  const { forward, back } = nextChanges()
  const skipped = forward.toPlainDateTime().subtract({ minutes: 30 })
  expect(await schedule(skipped, forward.timeZoneId)).toMatchObject({
    startAt: new Date(forward.add({ minutes: 30 }).epochMilliseconds),
    resolution: 'SKIPPED',
  })
  const repeated = back.toPlainDateTime().add({ minutes: 30 })
  expect(await schedule(repeated, back.timeZoneId)).toMatchObject({
    startAt: new Date(back.subtract({ minutes: 30 }).epochMilliseconds),
    resolution: 'REPEATED',
  })
})

test('a schedule by the clocks is kept, with what they were resolved to, and told', async () => {
  await using control = await openTestStores()
  const ready = await createReady(control, 'passed')
  const year = new Date(Date.now() + 24 * hourMs).getUTCFullYear()
  const localTime = `${year}-12-31T18:30`
  const when: NewSchedule = { localTime, timeZone: 'europe/berlin', whenMissed: 'RUN' }
  const scheduled = await control.stores.migrations.act(
    { migrationId: ready.id, action: 'SCHEDULE', schedule: when },
    alice,
  )
  const startAt = new Date(`${year}-12-31T17:30:00Z`)
  expect(scheduled).toMatchObject({ status: 'SCHEDULED', version: ready.version + 1 })
  expect(scheduled.schedule).toEqual({
    startAt,
    localTime,
    timeZone: 'Europe/Berlin',
    resolution: 'EXACT',
    whenMissed: 'RUN',
    acceptedWarnings: [],
  })
  expect(await reread(control.stores, ready)).toEqual(scheduled)
  const event = (await eventsOf(control, ready, 'STATUS_CHANGED')).at(-1)
  expect(event).toMatchObject({
    actor: alice.actor,
    message: expect.stringContaining(`${localTime} in Europe/Berlin`),
    payload: {
      action: 'SCHEDULE',
      startAt: startAt.toISOString(),
      timeZone: 'Europe/Berlin',
      localTime,
      resolution: 'EXACT',
      whenMissed: 'RUN',
    },
  })
  const [entry] = (await control.stores.audit.list({ first: 1 })).items
  expect(entry?.item).toMatchObject({
    operation: 'migration.schedule',
    details: { startAt: startAt.toISOString() },
  })
})

test('the time is judged by the clock of the control database, and a refusal changes nothing', async () => {
  await using control = await openTestStores()
  const ready = await createReady(control, 'passed')
  expect(await rejectionOf(schedule(control.stores, ready, { startAt: new Date(0) }))).toMatchObject({
    code: 'BAD_INPUT',
    field: 'startAt',
  })
  expect(
    await rejectionOf(control.stores.migrations.act({ migrationId: ready.id, action: 'SCHEDULE' }, alice)),
  ).toMatchObject({ code: 'BAD_INPUT', field: 'schedule' })
  expect(await reread(control.stores, ready)).toEqual(ready)
})

test('warnings of verify have to be accepted, and are kept with the schedule', async () => {
  await using control = await openTestStores()
  const ready = await createReady(control, 'passed', 'warning', 'warning')
  await expect(schedule(control.stores, ready)).rejects.toMatchObject({ code: 'WARNINGS_NOT_ACCEPTED' })
  const scheduled = await schedule(control.stores, ready, { acceptWarnings: true }, bob)
  expect(scheduled.schedule?.acceptedWarnings).toEqual(['check-1', 'check-2'])
  const event = (await eventsOf(control, ready, 'STATUS_CHANGED')).at(-1)
  expect(event).toMatchObject({ actor: bob.actor, payload: { acceptedWarnings: ['check-1', 'check-2'] } })
})

test('a repetition by key schedules once', async () => {
  await using control = await openTestStores()
  const ready = await createReady(control, 'passed')
  const once = { ...alice, idempotencyKey: 'key-1' }
  const startAt = inAnHour()
  const first = await schedule(control.stores, ready, { startAt }, once)
  expect(await schedule(control.stores, ready, { startAt }, once)).toEqual(first)
  expect(
    await rejectionOf(schedule(control.stores, ready, { startAt: new Date(startAt.getTime() + 1) }, once)),
  ).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
})

test('scheduling anew replaces the time', async () => {
  await using control = await openTestStores()
  const ready = await createReady(control, 'passed')
  await schedule(control.stores, ready)
  const startAt = new Date(Date.now() + 5 * hourMs)
  const again = await schedule(control.stores, ready, { startAt, whenMissed: 'RUN' })
  expect(again.schedule).toMatchObject({ startAt, whenMissed: 'RUN' })
})

test.each(['UNSCHEDULE', 'START', 'CANCEL'] as const)('%s leaves nothing of the schedule', async (action) => {
  await using control = await openTestStores()
  const ready = await createReady(control, 'passed')
  await schedule(control.stores, ready)
  const acted = await control.stores.migrations.act({ migrationId: ready.id, action }, alice)
  expect(acted.schedule).toBeNull()
  expect(await readStart(control)).toEqual({ start_at: null, schedule: null })
})

test('of several workers that claim at once when the time has come, one starts it, and once', async () => {
  await using control = await openTestStores()
  const { leases, runs } = control.stores
  const ready = await createReady(control, 'passed')
  await schedule(control.stores, ready)
  const claimAll = () =>
    Promise.all(['a', 'b', 'c', 'd'].map((owner) => leases.claim(ready.id, owner, hourMs)))
  expect(await leases.findClaimable(10)).toEqual([])
  expect((await claimAll()).filter((lease) => lease !== null)).toEqual([])
  await makeDue(control)
  expect(await leases.findClaimable(10)).toEqual([ready.id])
  const claimed = (await claimAll()).filter((lease) => lease !== null)
  expect(claimed).toHaveLength(1)
  const started = await runs.report(claimed[0]!, 'START_DUE')
  expect(started).toMatchObject({ status: 'QUEUED', schedule: null, startedAt: expect.any(Date) })
  await expect(runs.report(claimed[0]!, 'START_DUE')).rejects.toMatchObject({ code: 'ILLEGAL_ACTION' })
  const event = (await eventsOf(control, ready, 'STATUS_CHANGED')).at(-1)
  expect(event?.payload).toMatchObject({ report: 'START_DUE', scheduled: true, startAt: expect.any(String) })
  expect(await eventsOf(control, ready, 'SCHEDULED_START_FAILED')).toEqual([])
})

const missed = { code: 'SCHEDULE_MISSED', message: 'It was due.', remedy: 'Schedule anew.' } as const

test.each([
  ['VERIFY_REFUSED', 'VERIFY_FAILED', undefined],
  ['START_REFUSED', 'READY', missed],
  ['FAILED', 'VERIFY_FAILED', missed],
] as const)(
  '%s of a scheduled start is told as one, and ends the schedule',
  async (report, status, problem) => {
    await using control = await openTestStores()
    const ready = await createReady(control, 'passed')
    await schedule(control.stores, ready)
    await makeDue(control)
    const lease = await claim(control.stores, ready.id)
    const refused = await control.stores.runs.report(lease, report, problem === undefined ? {} : { problem })
    expect(refused).toMatchObject({ status, schedule: null })
    expect(refused.problem?.code).toBe(problem?.code)
    const [failure, ...more] = await eventsOf(control, ready, 'SCHEDULED_START_FAILED')
    expect(more).toEqual([])
    expect(failure?.payload).toMatchObject({ to: status, code: problem?.code ?? null, whenMissed: 'REPORT' })
  },
)

test('a start that a failed check prevents is told with the check', async () => {
  await using control = await openTestStores()
  const ready = await createReady(control, 'passed', 'failed', 'passed')
  await control.database.query(`update godwit_control.verify_reports set outcome = 'passed'`)
  await schedule(control.stores, ready)
  await makeDue(control)
  await control.stores.runs.report(await claim(control.stores, ready.id), 'VERIFY_REFUSED')
  const [failure] = await eventsOf(control, ready, 'SCHEDULED_START_FAILED')
  expect(failure).toMatchObject({
    message: expect.stringContaining('Verify failed: Check 1.'),
    payload: { failedChecks: ['check-1'] },
  })
})

test('what a worker reports on a start does not count for another time that somebody has set since', async () => {
  await using control = await openTestStores()
  const { runs } = control.stores
  const ready = await createReady(control, 'passed')
  await schedule(control.stores, ready)
  await makeDue(control)
  const lease = await claim(control.stores, ready.id)
  const rescheduled = await schedule(control.stores, ready)
  for (const report of ['START_DUE', 'VERIFY_REFUSED', 'START_REFUSED', 'FAILED'] as const) {
    await expect(runs.report(lease, report)).rejects.toMatchObject({ code: 'STALE_VERSION' })
  }
  expect(await reread(control.stores, ready)).toEqual(rescheduled)
})

test('a failure that is tried again keeps the schedule', async () => {
  await using control = await openTestStores()
  const { runs } = control.stores
  const ready = await createReady(control, 'passed')
  await schedule(control.stores, ready)
  await makeDue(control)
  const lease = await claim(control.stores, ready.id)
  const error = { code: 'CONNECTION_LOST', message: 'Away.', remedy: 'Wait.' } as const
  await runs.saveRetry(lease, { error, delayMs: hourMs })
  expect(await reread(control.stores, ready)).toMatchObject({
    status: 'SCHEDULED',
    schedule: { whenMissed: 'REPORT' },
    nextAttemptAt: expect.any(Date),
  })
})
