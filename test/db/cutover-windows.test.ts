import { expect, test } from 'vitest'
import type { CutoverWindowSetting } from '../../engine/index.ts'
import { alice, createMigration, makeRunning, openTestStores, reread } from './fixtures.ts'

const hourMs = 3_600_000

const weekly: CutoverWindowSetting = {
  automatic: true,
  window: {
    weekly: { days: ['SATURDAY'], opens: '22:00', closes: '04:00', timeZone: 'Europe/Berlin' },
  },
}

function once(): CutoverWindowSetting {
  const now = Date.now()
  return {
    automatic: false,
    window: { once: { opensAt: new Date(now + hourMs), closesAt: new Date(now + 2 * hourMs) } },
  }
}

test.each([
  ['weekly', weekly],
  ['once', once()],
])('a window (%s) is kept, raises the version, and is told', async (_kind, setting) => {
  await using control = await openTestStores()
  const { id } = await createMigration(control.stores)
  const changed = await control.stores.cutoverWindows.set({ migrationId: id, setting }, alice)
  expect(changed).toMatchObject({ version: 2, cutoverWindow: setting })
  expect(await reread(control.stores, { id })).toEqual(changed)
  const event = (await control.stores.events.readMigration(id, 0n, 100)).at(-1)
  expect(event).toMatchObject({
    type: 'CUTOVER_WINDOW_CHANGED',
    actor: alice.actor,
    payload: { automatic: setting.automatic, version: 2 },
  })
  const [entry] = (await control.stores.audit.list({ first: 1 })).items
  expect(entry?.item).toMatchObject({ operation: 'migration.cutover_window', subjectId: id })
})

test('a window is taken away again', async () => {
  await using control = await openTestStores()
  const { id } = await createMigration(control.stores)
  const { cutoverWindows } = control.stores
  await cutoverWindows.set({ migrationId: id, setting: weekly }, alice)
  expect(await cutoverWindows.set({ migrationId: id, setting: null }, alice)).toMatchObject({
    cutoverWindow: null,
    version: 3,
  })
})

test('a repetition by key changes once, and a stale version nothing', async () => {
  await using control = await openTestStores()
  const { id } = await createMigration(control.stores)
  const { cutoverWindows } = control.stores
  const keyed = { ...alice, idempotencyKey: 'key-1' }
  const first = await cutoverWindows.set({ migrationId: id, setting: weekly }, keyed)
  expect(await cutoverWindows.set({ migrationId: id, setting: weekly }, keyed)).toEqual(first)
  await expect(
    cutoverWindows.set({ migrationId: id, setting: null, expectedVersion: 1 }, alice),
  ).rejects.toMatchObject({ code: 'STALE_VERSION' })
  expect(await reread(control.stores, { id })).toEqual(first)
})

test('a window that has closed already is refused, by the clock of the control database', async () => {
  await using control = await openTestStores()
  const { id } = await createMigration(control.stores)
  const setting = {
    automatic: false,
    window: { once: { opensAt: new Date(0), closesAt: new Date(1) } },
  }
  await expect(control.stores.cutoverWindows.set({ migrationId: id, setting }, alice)).rejects.toMatchObject({
    code: 'BAD_INPUT',
    field: 'window.once.closesAt',
  })
})

test('a migration that follows no changes has no cutover to wait for', async () => {
  await using control = await openTestStores()
  const kind = { structure: true, fullCopy: true, incremental: false }
  const { id } = await createMigration(control.stores, { kind })
  await expect(
    control.stores.cutoverWindows.set({ migrationId: id, setting: weekly }, alice),
  ).rejects.toMatchObject({ code: 'ILLEGAL_ACTION', remedy: 'Schedule its start instead.' })
})

test('a window can be set while it runs, and not any more when it is being completed', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  const { cutoverWindows } = control.stores
  await cutoverWindows.set({ migrationId: migration.id, setting: weekly }, alice)
  await control.stores.runs.report(lease, 'COPY_FINISHED')
  await expect(cutoverWindows.set({ migrationId: migration.id, setting: null }, alice)).rejects.toMatchObject(
    { code: 'ILLEGAL_ACTION', message: expect.stringContaining('COMPLETING') },
  )
})
