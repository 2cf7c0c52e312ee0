/** Which channel a migration is shown in. */
import { expect, test } from 'vitest'
import { Homes } from '../../../bot/notify/index.ts'
import type { Migration } from '../../../engine/index.ts'
import { letPass } from '../../db/alarms.ts'
import { alice, createMigration, makeReady, makeRunning } from '../../db/fixtures.ts'
import { waitFor } from '../../support/wait-for.ts'
import { fail, goOn } from './scenes.ts'
import { type Room, shareStage } from './stage.ts'

const stage = shareStage()

/**
 * As if what has happened so far had been read in the feed. It has nothing of a transaction until all that began before it
 * have ended, and its latest place is before them.
 */
async function skipAll({ api, records }: Room, { shortId }: Migration): Promise<void> {
  const told = async () =>
    JSON.stringify(await api.query(`{ migration(id: "${shortId}") { ${lastEvents} } }`))
  await waitFor(async () => (await told()).includes('READY'), { describe: told })
  const { data } = await api.query<{ readonly latestEventCursor: string }>('{ latestEventCursor }')
  await records.put('cursor/feed', { cursor: data?.latestEventCursor })
}

const lastEvents = 'events(first: 100) { nodes { message } }'

test('what no channel has asked for is in the default channel, from its beginning', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier({ defaultChannel: room.place })
  await waitFor(() => room.records.find('cursor/feed'), { describe: 'the feed to be read' })
  const migration = await createMigration(room.stores)
  const card = await room.waitForCard(migration)
  await room.waitForReply(card, 'was created')
  expect(await room.homes.find(migration.shortId)).toEqual(room.place)
})

test('what was there before there was a default channel comes to it with what happens next, and not with its past', async () => {
  const room = stage().enter()
  const migration = await createMigration(room.stores)
  await makeReady(room.stores, migration, 'passed')
  await skipAll(room, migration)
  await using _bot = room.startNotifier({ defaultChannel: room.place })
  await makeReady(room.stores, migration, 'warning')
  const card = await room.waitForCard(migration)
  await room.waitForReply(card, '1 warning')
  expect(
    room.slack
      .thread(card)
      .map(({ text }) => text)
      .join(),
  ).not.toMatch(/created|All 1 check passed/)
})

test('what another process has brought to a channel is shown there', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const known = await room.bind(await createMigration(room.stores))
  await room.waitForCard(known)
  const { shortId, ...rest } = await createMigration(room.stores)
  const elsewhere = new Homes(room.records)
  await elsewhere.moveIn({ ...room.place, shortId, requester: null, since: 'beginning' })
  room.slack.clock.advance(3_000)
  expect((await room.waitForCard({ shortId, ...rest })).channelId).toBe(room.channel.id)
})

test('a migration that comes late brings only the alarms that are open', async () => {
  const room = stage().enter()
  const running = await makeRunning(room.stores)
  await fail(room, running, 'it was the disk')
  const again = await goOn(room, running)
  await letPass(room.api.database, '2 hours')
  await fail(room, again, 'it is the disk')
  await using _bot = room.startNotifier()
  await room.homes.moveIn({
    ...room.place,
    shortId: running.migration.shortId,
    requester: null,
    since: 'now',
  })
  room.slack.clock.advance(3_000)
  await room.waitForAlarm('it is the disk')
  expect(room.alarmMessages()).toHaveLength(1)
})

test('the card of a migration that was deleted says so, and has no buttons any more', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const migration = await room.bind(await createMigration(room.stores))
  const card = await room.waitForCard(migration)
  await room.stores.migrations.delete({ migrationId: migration.id }, alice)
  const gone = await room.waitForEdit(card, 'was deleted')
  expect(gone.blocks.map(({ type }) => type)).not.toContain('actions')
})
