import { expect, test } from 'vitest'
import { alice, claim, createMigration, makeReady, verifyReport } from '../../db/fixtures.ts'
import { fail, runInChannel } from './scenes.ts'
import { shareStage } from './stage.ts'

const stage = shareStage()

test('the card is posted once, and updated in place when the status changes', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const migration = await room.bind(await createMigration(room.stores))
  const card = await room.waitForCard(migration)
  await makeReady(room.stores, migration, 'passed')
  const updated = await room.waitForCard(migration, 'Ready')
  expect(updated.ts).toBe(card.ts)
})

test('a card that would say the same is not sent', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const { slack } = room
  const { migration, lease } = await runInChannel(room)
  const card = await room.waitForCard(migration)
  await room.stores.runs.appendEvent(lease, { type: 'NOTE', message: 'all is well' })
  await room.waitForReply(card, 'all is well')
  slack.clock.advance(6_000)
  await room.stores.runs.appendEvent(lease, { type: 'NOTE', message: 'all is very well' })
  await room.waitForReply(card, 'very well')
  expect(room.callsOf('chat.update')).toEqual([])
})

test('the result of a verify is told in the thread: counts, and then what stands in the way with its remedy', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const migration = await room.bind(await createMigration(room.stores))
  const card = await room.waitForCard(migration)
  await makeReady(room.stores, migration, 'warning', 'passed')
  const report = await room.waitForReply(card, '1 warning')
  expect(JSON.stringify(report.blocks)).toMatch(/1 warning[^]*1 passed[^]*Check 0[^]*mend it/)
})

test('the result of a verify is told although it was looked for before the status had changed', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const { stores } = room
  const migration = await room.bind(await createMigration(stores))
  const card = await room.waitForCard(migration)
  await stores.migrations.act({ migrationId: migration.id, action: 'VERIFY' }, alice)
  const lease = await claim(stores, migration.id)
  await stores.runs.saveVerifyReport(lease, verifyReport('warning', 'passed'))
  await room.waitForReply(card, 'Verify ended')
  await stores.runs.report(lease, 'VERIFY_PASSED')
  const report = await room.waitForReply(card, '1 warning')
  expect(JSON.stringify(report.blocks)).toMatch(/1 warning[^]*1 passed[^]*Check 0[^]*mend it/)
})

test('a failure is told in the thread: what happened, what to do, what is safe now, and how to go on', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const running = await runInChannel(room)
  const card = await room.waitForCard(running.migration)
  await fail(room, running, 'the disk is full')
  const told = await room.waitForReply(card, 'Migration failed')
  expect(JSON.stringify(told.blocks)).toMatch(
    /the disk is full[^]*What to do[^]*Mend it[^]*What is safe now[^]*Go on using the source[^]*Retry from checkpoint/,
  )
  const before = room.slack.thread(card).filter(({ ts }) => ts < told.ts)
  expect(before.map(({ text }) => text).join()).toMatch(/created/)
})

test('what came after a failure is told, too, when the thread could not be written meanwhile', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const { slack, channel, stores } = room
  const running = await runInChannel(room)
  const card = await room.waitForCard(running.migration)
  await room.waitForReply(card, 'created')
  const answer = { kind: 'http', status: 503 } as const
  const down = slack.faults.inject({ method: 'chat.postMessage', channel: channel.id, answer })
  const mute = { migrationId: running.migration.id, kinds: null, durationMs: 3_600_000, reason: 'we know' }
  await fail(room, running, 'the disk is full')
  await stores.alarms.mute(mute, alice)
  await room.untilCalled('chat.postMessage', 503)
  down.remove()
  slack.clock.advance(60_000)
  const muted = await room.waitForReply(card, 'we know')
  const told = await room.waitForReply(card, 'Migration failed')
  expect(told.ts < muted.ts).toBe(true)
})

test('a migration that is brought to a channel late has only its future told there', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const migration = await createMigration(room.stores)
  await makeReady(room.stores, migration, 'passed')
  const { shortId } = migration
  await room.homes.moveIn({ ...room.place, shortId, requester: room.maya.id, since: 'now' })
  const card = await room.waitForCard(migration, 'Ready')
  await makeReady(room.stores, migration, 'warning')
  await room.waitForReply(card, '1 warning')
  const told = room.slack.thread(card).map(({ text }) => text)
  expect(told.join()).not.toMatch(/created|All 1 check passed/)
})
