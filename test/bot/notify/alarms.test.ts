import { expect, test } from 'vitest'
import { alice } from '../../db/fixtures.ts'
import { evaluate, letPass, listAlarms } from '../../db/alarms.ts'
import { fail, goOn, runInChannel } from './scenes.ts'
import { shareStage, textOf } from './stage.ts'

const stage = shareStage()

test('an alarm has one message of its own, which is edited when it is acknowledged and resolved', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const running = await runInChannel(room)
  await room.waitForCard(running.migration)
  await fail(room, running, 'the disk is full')
  const alarm = await room.waitForAlarm('disk is full')
  const [{ id } = { id: '' }] = await listAlarms(room.stores, { migrationId: running.migration.id })
  await room.stores.alarms.acknowledge({ alarmId: id, note: 'on it' }, alice)
  await room.waitForEdit(alarm, 'cknowledged')
  await goOn(room, running)
  await room.waitForEdit(alarm, 'esolved after')
  expect(room.alarmMessages().map(textOf)).toHaveLength(1)
})

test('nobody is told of a muted alarm', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const running = await runInChannel(room)
  const { id } = running.migration
  await room.stores.alarms.mute(
    { migrationId: id, kinds: null, durationMs: 3_600_000, reason: 'known' },
    alice,
  )
  await fail(room, running, 'the disk is full')
  await room.waitForCard(running.migration, 'disk is full')
  expect(room.alarmMessages()).toHaveLength(0)
  await room.stores.alarms.unmute(id, alice)
  await evaluate(room.stores)
  await room.waitForAlarm('disk is full')
})

test('an alarm that nobody acknowledges is announced once more, in its thread and in the channel', async () => {
  const room = stage().enter()
  await using _bot = room.startNotifier()
  const running = await runInChannel(room)
  await fail(room, running, 'the disk is full')
  const alarm = await room.waitForAlarm('disk is full')
  await letPass(room.api.database, '2 hours')
  await evaluate(room.stores)
  const again = await room.waitForReply(alarm, 'Nobody has acknowledged it')
  expect(again.broadcast).toBe(true)
  const card = await room.waitForCard(running.migration)
  expect(textOf(again)).toContain(`<@${room.maya.id}>`)
  expect(textOf(again)).toContain('alarm.acknowledge')
  expect(textOf(again)).toContain(`archives/${room.channel.id}/p${card.ts.replace('.', '')}`)
})
