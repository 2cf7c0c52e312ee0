import { expect, test } from 'vitest'
import { evaluate } from '../../db/alarms.ts'
import { alice, claim, createMigration, makeReady, makeRunning, verifyReport } from '../../db/fixtures.ts'
import { waitFor } from '../../support/wait-for.ts'
import { fail, runInChannel } from './scenes.ts'
import { shareStage, textOf } from './stage.ts'

const hourMs = 3_600_000

const stage = shareStage()

test('after an hour without Slack alarms come in their order, and the card only as it is now', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const { slack, channel } = room
  const runs = [await runInChannel(room), await runInChannel(room), await runInChannel(room)]
  for (const { migration } of runs) await room.waitForCard(migration)
  slack.faults.inject({ channel: channel.id, forMs: hourMs, answer: { kind: 'http', status: 503 } })
  for (const [index, running] of runs.entries()) await fail(room, running, `failure number ${index}`)
  await room.untilCalled('chat.postMessage', 503)
  const before = slack.calls.length
  slack.clock.advance(hourMs)
  await room.waitForAlarm('failure number 2')
  const alarms = room.alarmMessages().map(textOf)
  expect(alarms.map((text) => /failure number (\d)/.exec(text)?.[1])).toEqual(['0', '1', '2'])
  for (const { migration } of runs) await room.waitForCard(migration, 'failure number')
  const answered = slack.calls
    .slice(before)
    .filter(
      ({ method, status, args }) => method === 'chat.update' && status === 200 && args.channel === channel.id,
    )
  expect(answered.length).toBeLessThanOrEqual(2 * runs.length)
})

test('what had to wait is sent as things are by then, and not as they were', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const { slack, channel } = room
  const migration = await room.bind(await createMigration(room.stores))
  await room.waitForCard(migration)
  const limited = slack.faults.inject({
    method: 'chat.update',
    channel: channel.id,
    answer: { kind: 'rate limited', retryAfterS: 30 },
  })
  await room.stores.migrations.act({ migrationId: migration.id, action: 'VERIFY' }, alice)
  await room.untilCalled('chat.update', 429)
  const lease = await claim(room.stores, migration.id)
  await room.stores.runs.saveVerifyReport(lease, verifyReport('passed'))
  await room.stores.runs.report(lease, 'VERIFY_PASSED')
  limited.remove()
  slack.clock.advance(30_000)
  const first = await room.untilCalled('chat.update', 200)
  expect(JSON.stringify(first.args)).toContain('migration.start')
})

test('a card that was deleted is posted again, and so is what belongs in its thread', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const migration = await room.bind(await createMigration(room.stores))
  const card = await room.waitForCard(migration)
  await room.waitForReply(card, 'created')
  room.slack.deleteMessage(card)
  await makeReady(room.stores, migration, 'passed')
  const again = await room.waitForCard(migration, 'Start')
  expect(again.ts).not.toBe(card.ts)
  await room.waitForReply(again, 'All 1 check passed')
})

test('an archived channel is told to the requester once, and does not hold up another', async () => {
  const room = stage().enter()
  const other = stage().enter()
  await using _bot = room.startNotifier()
  const { slack, channel, maya } = room
  const archived = await runInChannel(room)
  await room.waitForCard(archived.migration)
  const alive = await runInChannel(other)
  slack.archive(channel)
  await fail(room, archived, 'the disk is full')
  await fail(other, alive, 'the disk is empty')
  await other.waitForAlarm('disk is empty')
  const told = () =>
    slack
      .messagesSeenBy(maya)
      .filter(({ channelId, text }) => isDirect(channelId) && text.includes(channel.id))
  await slack.until('word to the requester', () => told()[0])
  const note = await room.records.find(`card/${archived.migration.shortId}`)
  expect(note?.value).toMatchObject({ gone: 'is_archived' })
  expect(told()).toHaveLength(1)
})

function isDirect(channelId: string): boolean {
  return channelId.startsWith('D')
}

test('where there is a default channel, what was in a channel without the bot goes on there', async () => {
  const room = stage().enter()
  const other = stage().enter()
  await using _bot = room.startNotifier({ defaultChannel: other.place })
  const running = await runInChannel(room)
  await room.waitForCard(running.migration)
  const bot = room.slack.botOf(room.workspace)
  room.channel.members.delete(bot?.id ?? '')
  await fail(room, running, 'the disk is full')
  await other.waitForAlarm('disk is full')
  await other.waitForCard(running.migration, 'disk is full')
  expect(await room.homes.find(running.migration.shortId)).toEqual(other.place)
  expect(await room.homes.migrationsAt(other.place)).toContain(running.migration.shortId)
  expect(await room.homes.migrationsAt(room.place)).not.toContain(running.migration.shortId)
})

test.each(['invalid_auth', 'account_inactive'])(
  'where Slack answers %s nothing is lost: it comes when the bot is installed again',
  async (code) => {
    const room = stage().enter()
    await using _bot = room.startNotifier()
    const { slack, channel } = room
    const running = await runInChannel(room)
    await room.waitForCard(running.migration)
    const shutOut = slack.faults.inject({ channel: channel.id, answer: { kind: 'error', code } })
    await fail(room, running, 'the disk is full')
    await slack.until('a call that is refused', () => shutOut.hits() > 0 || undefined)
    shutOut.remove()
    await slack.until(
      'the pause',
      () => room.logged().includes('messages wait until it is installed') || undefined,
    )
    slack.clock.advance(30_000)
    await room.waitForAlarm('disk is full')
    await room.waitForCard(running.migration, 'disk is full')
    expect(room.alarmMessages()).toHaveLength(1)
  },
)

test('a workspace that has taken the app out is left, and not asked again', async () => {
  const room = stage().enter()
  const other = stage().enter()
  const running = await makeRunning(room.stores)
  const { shortId } = running.migration
  await room.homes.moveIn({ team: 'TGONE', channel: 'C1', shortId, requester: null, since: 'now' })
  await using _bot = room.startNotifier({ defaultChannel: other.place })
  await other.waitForCard(running.migration)
  expect(await room.homes.find(shortId)).toEqual(other.place)
})

test('notes of what has ended expire, and with them what its channel remembers of it', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const running = await runInChannel(room)
  const { id, shortId } = running.migration
  await fail(room, running, 'the disk is full')
  await room.waitForAlarm('disk is full')
  await room.stores.migrations.act({ migrationId: id, action: 'CANCEL' }, alice)
  const lease = await claim(room.stores, id)
  await room.stores.runs.report(lease, 'CLEANED_UP')
  await evaluate(room.stores)
  const lasting = async () => {
    const { rows } = await room.api.database.query<{ readonly key: string }>(
      `select key from godwit_control.bot_records
       where expires_at is null and (key like 'message/%' or key like 'channel/%/' || $1 or key = 'card/' || $1)`,
      [shortId],
    )
    return rows.map(({ key }) => key)
  }
  await waitFor(async () => (await lasting()).length === 0, {
    describe: async () => `all notes to expire; what does not: ${(await lasting()).join(', ')}`,
  })
  expect(await room.homes.migrationsAt(room.place)).toContain(shortId)
})
