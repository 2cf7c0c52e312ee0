import { expect, test } from 'vitest'
import { createMigration, makeFollowing, makeReady, planCutover, reread } from '../db/fixtures.ts'
import { startTestApi, type TestApi } from '../support/api.ts'

const hourMs = 3_600_000
const inAnHour = () => new Date(Date.now() + hourMs).toISOString()
const confirmation = 'migration { status } } ... on ConfirmationRequiredError { argument'

async function createReady(api: TestApi): Promise<string> {
  const migration = await createMigration(api.stores)
  await makeReady(api.stores, migration, 'passed')
  return migration.shortId
}

test('a migration is scheduled, shows when it starts, and is unscheduled', async () => {
  await using api = await startTestApi()
  const id = await createReady(api)
  const startAt = inAnHour()
  expect(
    await api.mutate(
      'scheduleMigration',
      { id, startAt },
      'migration { status availableActions schedule { startAt timeZone localTime resolution whenMissed acceptedWarnings } }',
    ),
  ).toEqual({
    __typename: 'ScheduleMigrationPayload',
    migration: {
      status: 'SCHEDULED',
      availableActions: ['START', 'SCHEDULE', 'UNSCHEDULE', 'EDIT', 'CANCEL'],
      schedule: {
        startAt,
        timeZone: null,
        localTime: null,
        resolution: null,
        whenMissed: 'REPORT',
        acceptedWarnings: [],
      },
    },
  })
  const { data } = await api.query(
    'query ($id: ID!) { migration(id: $id) { blockers { kind message remedy until } } }',
    { id },
  )
  expect(data).toEqual({
    migration: {
      blockers: [
        {
          kind: 'SCHEDULED',
          message: `It starts by itself at ${startAt}.`,
          remedy: expect.stringContaining('start it now'),
          until: startAt,
        },
      ],
    },
  })
  expect(
    await api.mutate(
      'unscheduleMigration',
      { id },
      'migration { status schedule { startAt } blockers { kind } }',
    ),
  ).toMatchObject({ migration: { status: 'READY', schedule: null, blockers: [] } })
})

test('a time of the clocks shows what it was resolved to', async () => {
  await using api = await startTestApi()
  const id = await createReady(api)
  const year = new Date(Date.now() + 24 * hourMs).getUTCFullYear()
  const localTime = `${year}-12-31T23:30`
  expect(
    await api.mutate(
      'scheduleMigration',
      { id, localTime, timeZone: 'Asia/Kolkata', whenMissed: 'RUN' },
      'migration { schedule { startAt timeZone localTime resolution whenMissed } }',
    ),
  ).toMatchObject({
    migration: {
      schedule: {
        startAt: `${year}-12-31T18:00:00.000Z`,
        timeZone: 'Asia/Kolkata',
        localTime,
        resolution: 'EXACT',
        whenMissed: 'RUN',
      },
    },
  })
})

test.each([
  ['no time', {}, 'startAt'],
  ['an unknown zone', { localTime: '2099-01-01T00:00', timeZone: 'Mars/Olympus' }, 'timeZone'],
  ['a zone without a time', { timeZone: 'Europe/Berlin' }, 'localTime'],
  ['what is no time', { localTime: 'tomorrow', timeZone: 'Europe/Berlin' }, 'localTime'],
  ['a time in the past', { startAt: '2001-01-01T00:00:00Z' }, 'startAt'],
  ['more than a year ahead', { startAt: '2999-01-01T00:00:00Z' }, 'startAt'],
  ['both forms', { startAt: '2099-01-01T00:00:00Z', localTime: '2099-01-01T00:00' }, 'localTime'],
])('a schedule with %s is refused, naming the field', async (_what, when, field) => {
  await using api = await startTestApi()
  const id = await createReady(api)
  expect(await api.mutate('scheduleMigration', { id, ...when }, 'migration { status }')).toMatchObject({
    __typename: 'ValidationError',
    code: 'BAD_INPUT',
    field,
  })
})

test('what schedules is told what it lacks, by type', async () => {
  await using api = await startTestApi()
  const draft = await createMigration(api.stores)
  const schedule = (input: object) =>
    api.mutate('scheduleMigration', { id: draft.shortId, startAt: inAnHour(), ...input }, confirmation)
  expect(await schedule({})).toMatchObject({ __typename: 'IllegalActionError', code: 'ILLEGAL_ACTION' })
  await makeReady(api.stores, draft, 'warning')
  expect(await schedule({})).toMatchObject({
    __typename: 'ConfirmationRequiredError',
    code: 'WARNINGS_NOT_ACCEPTED',
    argument: 'acceptWarnings',
  })
  expect(await schedule({ acceptWarnings: true, expectedVersion: 1 })).toMatchObject({
    __typename: 'StaleVersionError',
  })
  expect(await schedule({ id: 'm-0000' })).toMatchObject({ __typename: 'NotFoundError' })
  expect(await schedule({ acceptWarnings: true })).toMatchObject({ migration: { status: 'SCHEDULED' } })
})

const windowFields = `migration { cutoverWindow {
  once { opensAt closesAt } weekly { days opens closes timeZone } automatic isOpen closesAt nextOpensAt } }`

test('a cutover window shows whether it is open, and until or from when', async () => {
  await using api = await startTestApi()
  const { shortId: id } = await createMigration(api.stores)
  const [before, after] = [new Date(Date.now() - hourMs).toISOString(), inAnHour()]
  const later = new Date(Date.now() + 2 * hourMs).toISOString()
  const open = { opensAt: before, closesAt: after }
  expect(
    await api.mutate('setCutoverWindow', { id, window: { once: open }, automatic: true }, windowFields),
  ).toMatchObject({
    migration: {
      cutoverWindow: {
        once: open,
        weekly: null,
        automatic: true,
        isOpen: true,
        closesAt: after,
        nextOpensAt: null,
      },
    },
  })
  const closed = { opensAt: after, closesAt: later }
  expect(await api.mutate('setCutoverWindow', { id, window: { once: closed } }, windowFields)).toMatchObject({
    migration: {
      cutoverWindow: { once: closed, automatic: false, isOpen: false, closesAt: null, nextOpensAt: after },
    },
  })
  const weekly = { days: ['SATURDAY'], opens: '22:00', closes: '04:00', timeZone: 'Europe/Berlin' }
  expect(await api.mutate('setCutoverWindow', { id, window: { weekly } }, windowFields)).toMatchObject({
    migration: { cutoverWindow: { once: null, weekly, nextOpensAt: expect.stringMatching(/Z$/) } },
  })
  expect(await api.mutate('setCutoverWindow', { id, window: null }, windowFields)).toMatchObject({
    migration: { cutoverWindow: null },
  })
})

const weekly = { days: ['SATURDAY'], opens: '22:00', closes: '04:00', timeZone: 'Europe/Berlin' }
const once = { opensAt: '2099-01-01T00:00:00Z', closesAt: '2099-01-01T01:00:00Z' }

test.each([
  ['without a window', {}, 'window'],
  ['with an empty window', { window: {} }, 'window'],
  ['with both kinds', { window: { once, weekly } }, 'window'],
  ['automatic without a window', { window: null, automatic: true }, 'window'],
  ['too far ahead', { window: { once } }, 'window.once.opensAt'],
  ['without days', { window: { weekly: { ...weekly, days: [] } } }, 'window.weekly.days'],
  ['with a wrong time', { window: { weekly: { ...weekly, opens: '2 am' } } }, 'window.weekly.opens'],
  ['in no zone', { window: { weekly: { ...weekly, timeZone: 'Berlin' } } }, 'window.weekly.timeZone'],
])('a cutover window %s is refused, naming the field', async (_what, input, field) => {
  await using api = await startTestApi()
  const { shortId: id } = await createMigration(api.stores)
  expect(await api.mutate('setCutoverWindow', { id, ...input }, windowFields)).toMatchObject({
    __typename: 'ValidationError',
    code: 'BAD_INPUT',
    field,
  })
})

test('outside of its window a migration is not completed, and the answer says when it opens', async () => {
  await using api = await startTestApi()
  const { migration } = await makeFollowing(api.stores)
  const [opensAt, closesAt] = [inAnHour(), new Date(Date.now() + 2 * hourMs).toISOString()]
  await api.mutate(
    'setCutoverWindow',
    { id: migration.id, window: { once: { opensAt, closesAt } } },
    windowFields,
  )
  const plan = await planCutover(api.stores, await reread(api.stores, migration))
  const complete = (input: object) =>
    api.mutate(
      'completeMigration',
      { id: migration.id, planDigest: plan.digest, writesStopped: true, ...input },
      'migration { status }',
    )
  expect(await complete({})).toMatchObject({
    __typename: 'OperationError',
    code: 'CUTOVER_WINDOW_CLOSED',
    remedy: expect.stringContaining(opensAt),
  })
  expect(await complete({ breakGlass: { reason: 'It has to be today.' } })).toMatchObject({
    migration: { status: 'COMPLETING' },
  })
})
