import { expect, test } from 'vitest'
import { alice } from '../../db/fixtures.ts'
import { evaluate, letPass } from '../../db/alarms.ts'
import { fail, goOn, runInChannel } from './scenes.ts'
import { startStage, textOf } from './stage.ts'

test('an alarm has one message of its own, which is edited when it is acknowledged and resolved', async () => {
  await using stage = await startStage()
  await using _bot = stage.startNotifier()
  const running = await runInChannel(stage)
  await stage.waitForCard(running.migration)
  await fail(stage, running, 'the disk is full')
  const alarm = await stage.waitForAlarm('disk is full')
  const [{ id } = { id: '' }] = await stage.openAlarms()
  await stage.stores.alarms.acknowledge({ alarmId: id, note: 'on it' }, alice)
  await stage.slack.until('the acknowledgement', () =>
    textOf(stage.slack.message(alarm)!).includes('cknowledged') ? true : undefined,
  )
  await goOn(stage, running)
  await stage.slack.until('the end', () =>
    textOf(stage.slack.message(alarm)!).includes('esolved after') ? true : undefined,
  )
  expect(stage.alarmMessages().map(textOf)).toHaveLength(1)
})

test('nobody is told of a muted alarm', async () => {
  await using stage = await startStage()
  await using _bot = stage.startNotifier()
  const running = await runInChannel(stage)
  const { id } = running.migration
  await stage.stores.alarms.mute(
    { migrationId: id, kinds: null, durationMs: 3_600_000, reason: 'known' },
    alice,
  )
  await fail(stage, running, 'the disk is full')
  await stage.waitForCard(running.migration, 'disk is full')
  expect(stage.alarmMessages()).toHaveLength(0)
  await stage.stores.alarms.unmute(id, alice)
  await evaluate(stage.stores)
  await stage.waitForAlarm('disk is full')
})

test('an alarm that nobody acknowledges is announced once more, in its thread and in the channel', async () => {
  await using stage = await startStage()
  await using _bot = stage.startNotifier()
  const running = await runInChannel(stage)
  await fail(stage, running, 'the disk is full')
  const alarm = await stage.waitForAlarm('disk is full')
  await letPass(stage.api.database, '2 hours')
  await evaluate(stage.stores)
  const again = await stage.slack.waitForMessage(({ threadTs }) => threadTs === alarm.ts)
  expect(again.broadcast).toBe(true)
})
