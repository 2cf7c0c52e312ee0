import { expect, test } from 'vitest'
import { alice, claim, createMigration, makeReady, verifyReport } from '../../db/fixtures.ts'
import { fail, runInChannel } from './scenes.ts'
import { startStage, textOf } from './stage.ts'

const hourMs = 3_600_000

test('after an hour without Slack alarms come in their order, and the card only as it is now', async () => {
  await using stage = await startStage()
  await using _bot = stage.startNotifier()
  const { slack } = stage
  const runs = [await runInChannel(stage), await runInChannel(stage), await runInChannel(stage)]
  for (const { migration } of runs) await stage.waitForCard(migration)
  slack.faults.inject({ forMs: hourMs, answer: { kind: 'http', status: 503 } })
  for (const [index, running] of runs.entries()) await fail(stage, running, `failure number ${index}`)
  await slack.untilCalled('chat.postMessage', ({ status }) => status === 503)
  const before = slack.calls.length
  slack.clock.advance(hourMs)
  await stage.waitForAlarm('failure number 2')
  const alarms = stage.alarmMessages().map(textOf)
  expect(alarms.map((text) => /failure number (\d)/.exec(text)?.[1])).toEqual(['0', '1', '2'])
  for (const { migration } of runs) await stage.waitForCard(migration, 'failure number')
  const answered = slack.calls
    .slice(before)
    .filter(({ method, status }) => method === 'chat.update' && status === 200)
  expect(answered.length).toBeLessThanOrEqual(2 * runs.length)
})

test('an alarm comes while progress is answered with 429', async () => {
  await using stage = await startStage()
  await using _bot = stage.startNotifier()
  const { slack } = stage
  const running = await runInChannel(stage)
  await stage.waitForCard(running.migration)
  slack.faults.inject({ method: 'chat.update', answer: { kind: 'rate limited', retryAfterS: 30 } })
  await stage.stores.runs.saveStep(running.lease, { step: 'STRUCTURE', status: 'RUNNING' })
  await slack.untilCalled('chat.update', ({ status }) => status === 429)
  await fail(stage, running, 'the disk is full')
  await stage.waitForAlarm('disk is full')
  expect(slack.callsOf('chat.update').every(({ status }) => status === 429)).toBe(true)
})

test('what had to wait is sent as things are by then, and not as they were', async () => {
  await using stage = await startStage()
  await using _bot = stage.startNotifier()
  const { slack } = stage
  const migration = await stage.bind(await createMigration(stage.stores))
  await stage.waitForCard(migration)
  const limited = slack.faults.inject({
    method: 'chat.update',
    answer: { kind: 'rate limited', retryAfterS: 30 },
  })
  await stage.stores.migrations.act({ migrationId: migration.id, action: 'VERIFY' }, alice)
  await slack.untilCalled('chat.update', ({ status }) => status === 429)
  const lease = await claim(stage.stores, migration.id)
  await stage.stores.runs.saveVerifyReport(lease, verifyReport('passed'))
  await stage.stores.runs.report(lease, 'VERIFY_PASSED')
  limited.remove()
  slack.clock.advance(30_000)
  const first = await slack.untilCalled('chat.update', ({ status }) => status === 200)
  expect(JSON.stringify(first.args)).toContain('migration.start')
})

test('a card that was deleted is posted again, and so is what belongs in its thread', async () => {
  await using stage = await startStage()
  await using _bot = stage.startNotifier()
  const { slack } = stage
  const migration = await stage.bind(await createMigration(stage.stores))
  const card = await stage.waitForCard(migration)
  slack.deleteMessage(card)
  await makeReady(stage.stores, migration, 'passed')
  const again = await slack.until('another card', () =>
    slack.messages(stage.channel).find(({ ts, blocks }) => ts !== card.ts && isCardOf(blocks, 'Start')),
  )
  const told = await slack.waitForMessage(({ threadTs }) => threadTs === again.ts)
  expect(isCardOf(told.blocks, 'created') || isCardOf(told.blocks, 'Verify')).toBe(true)
})

test('an archived channel is told to the requester once, and does not hold up another', async () => {
  await using stage = await startStage()
  await using _bot = stage.startNotifier()
  const { slack } = stage
  const other = slack.addChannel(stage.workspace, 'others', { members: [stage.maya] })
  const archived = await runInChannel(stage)
  await stage.waitForCard(archived.migration)
  const alive = await runInChannel(stage)
  await stage.bind(alive.migration, other)
  slack.archive(stage.channel)
  await fail(stage, archived, 'the disk is full')
  await fail(stage, alive, 'the disk is empty')
  await stage.waitForAlarm('disk is empty', other)
  await slack.waitForMessage(
    ({ channelId, text }) => channelId.startsWith('D') && text.includes('cannot post'),
  )
  const note = await stage.records.find(`card/${archived.migration.shortId}`)
  expect(note?.value).toMatchObject({ gone: 'is_archived' })
  const told = slack
    .callsOf('chat.postMessage')
    .filter(({ args }) => JSON.stringify(args.channel).startsWith('"D'))
  expect(told).toHaveLength(1)
})

test('a card that would say the same is not sent', async () => {
  await using stage = await startStage()
  await using _bot = stage.startNotifier()
  const { slack } = stage
  const { migration, lease } = await runInChannel(stage)
  const card = await stage.waitForCard(migration)
  await stage.stores.runs.appendEvent(lease, { type: 'NOTE', message: 'all is well' })
  await slack.waitForMessage(
    ({ threadTs, blocks }) => threadTs === card.ts && isCardOf(blocks, 'all is well'),
  )
  slack.clock.advance(6_000)
  await stage.stores.runs.appendEvent(lease, { type: 'NOTE', message: 'all is very well' })
  await slack.waitForMessage(({ threadTs, blocks }) => threadTs === card.ts && isCardOf(blocks, 'very well'))
  expect(slack.callsOf('chat.update')).toEqual([])
})

function isCardOf(blocks: readonly object[], saying: string): boolean {
  return JSON.stringify(blocks).includes(saying)
}
