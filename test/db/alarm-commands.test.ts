import { expect, test } from 'vitest'
import { alarmCatalog, alarmKinds } from '../../engine/index.ts'
import {
  evaluate,
  followScene,
  inTime,
  late,
  letPass,
  listAlarms,
  readAlarmEvents,
  readAlarmEventTypes,
} from './alarms.ts'
import { alice, bob } from './fixtures.ts'

const hourMs = 3_600_000

test('who acknowledges an alarm is kept, told of, and noted; it does not escalate then', async () => {
  await using scene = await followScene()
  const { stores, database, id, lag } = scene
  await lag(late, late, late)
  await evaluate(stores)
  const [alarm] = await listAlarms(stores)
  const acknowledged = await stores.alarms.acknowledge({ alarmId: alarm!.id, note: 'Looking.' }, alice)
  expect(acknowledged).toMatchObject({
    state: 'ACKNOWLEDGED',
    acknowledgement: { by: alice.actor, note: 'Looking.', at: expect.any(Date) },
  })
  expect(await stores.alarms.acknowledge({ alarmId: alarm!.id }, bob)).toEqual(acknowledged)
  expect(await stores.alarms.find(alarm!.id)).toEqual(acknowledged)
  await letPass(database, '1 hour')
  await evaluate(stores)
  const events = await readAlarmEvents(stores, id)
  expect(events).toMatchObject([
    { type: 'ALARM_FIRING' },
    {
      type: 'ALARM_ACKNOWLEDGED',
      actor: alice.actor,
      payload: { note: 'Looking.', acknowledgedBy: 'alice' },
    },
  ])
  const audit = await stores.audit.list({ first: 1 })
  expect(audit.items[0]?.item).toMatchObject({ operation: 'alarm.acknowledge', subjectId: id })
})

test('an alarm that has ended, or is none, cannot be acknowledged', async () => {
  await using scene = await followScene()
  const { stores, lag } = scene
  await lag(late, late, late)
  await evaluate(stores)
  await lag(inTime, inTime, inTime)
  await evaluate(stores)
  const [alarm] = await listAlarms(stores)
  const acknowledge = (alarmId: string) => stores.alarms.acknowledge({ alarmId }, alice)
  await expect(acknowledge(alarm!.id)).rejects.toMatchObject({ code: 'ALARM_RESOLVED' })
  await expect(acknowledge(alarm!.migrationId)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(acknowledge('nonsense')).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('an alarm that nobody acknowledges escalates once, after the time of the migration', async () => {
  await using scene = await followScene()
  const { stores, database, id, lag } = scene
  await stores.alarms.saveSettings({ migrationId: id, rules: [], escalateAfterMs: 120_000 }, alice)
  await lag(late, late, late)
  await evaluate(stores)
  for (const interval of ['119 seconds', '1 second', '1 hour']) {
    await letPass(database, interval)
    await evaluate(stores)
  }
  expect(await readAlarmEventTypes(stores, id)).toEqual(['ALARM_FIRING', 'ALARM_ESCALATED'])
  expect((await listAlarms(stores))[0]?.escalatedAt).toEqual(expect.any(Date))
})

test('an alarm that escalated and was acknowledged escalates anew when it comes back', async () => {
  await using scene = await followScene()
  const { stores, database, id, lag } = scene
  await lag(late, late, late)
  await evaluate(stores)
  await letPass(database, '16 minutes')
  await evaluate(stores)
  const [alarm] = await listAlarms(stores)
  await stores.alarms.acknowledge({ alarmId: alarm!.id }, alice)
  await lag(inTime, inTime, inTime)
  await evaluate(stores)
  await lag(late, late, late)
  await evaluate(stores)
  await letPass(database, '16 minutes')
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ id: alarm?.id, reopenings: 1 }])
  expect(await readAlarmEventTypes(stores, id)).toEqual([
    'ALARM_FIRING',
    'ALARM_ESCALATED',
    'ALARM_ACKNOWLEDGED',
    'ALARM_RESOLVED',
    'ALARM_FIRING',
    'ALARM_ESCALATED',
  ])
})

test('while muted an alarm is recorded, not announced; at the end it is, if it still fires', async () => {
  await using scene = await followScene()
  const { stores, database, id, lag } = scene
  const muted = await stores.alarms.mute(
    { migrationId: id, kinds: ['LAG_SECONDS'], durationMs: hourMs, reason: 'maintenance' },
    alice,
  )
  expect(await stores.alarms.mutes(id)).toEqual([muted])
  await lag(late, late, late)
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ kind: 'LAG_SECONDS', state: 'FIRING', muted: true }])
  expect(await readAlarmEventTypes(stores, id)).toEqual(['ALARMS_MUTED'])
  await letPass(database, '61 minutes')
  await evaluate(stores)
  expect(await stores.alarms.mutes(id)).toEqual([])
  expect(await listAlarms(stores)).toMatchObject([{ state: 'FIRING', muted: false }])
  expect(await readAlarmEventTypes(stores, id)).toEqual(['ALARMS_MUTED', 'ALARM_FIRING'])
})

test('unmute ends every mute; an end that nobody heard of is announced then', async () => {
  await using scene = await followScene()
  const { stores, id, lag } = scene
  await lag(late, late, late)
  await evaluate(stores)
  await stores.alarms.mute({ migrationId: id, kinds: null, durationMs: hourMs, reason: 'noise' }, alice)
  expect(await listAlarms(stores)).toMatchObject([{ muted: true }])
  await stores.alarms.mute(
    { migrationId: id, kinds: ['LAG_SECONDS'], durationMs: hourMs, reason: 'more' },
    bob,
  )
  await lag(inTime, inTime, inTime)
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ state: 'RESOLVED' }])
  await stores.alarms.unmute(id, alice)
  await stores.alarms.unmute(id, alice)
  await evaluate(stores)
  expect(await readAlarmEventTypes(stores, id)).toEqual([
    'ALARM_FIRING',
    'ALARMS_MUTED',
    'ALARMS_MUTED',
    'ALARMS_UNMUTED',
    'ALARM_RESOLVED',
  ])
})

test('alarms of lost data cannot be muted by name, and a mute of all leaves them out', async () => {
  await using scene = await followScene()
  const { stores, id, lag } = scene
  const request = { migrationId: id, durationMs: hourMs, reason: 'noise' }
  for (const kind of ['SLOT_AT_RISK', 'COMPARISON_DIFFERENT', 'TARGET_DIVERGED', 'SOURCE_FENCED'] as const) {
    const kinds = ['LAG_SECONDS' as const, kind]
    await expect(stores.alarms.mute({ ...request, kinds }, alice)).rejects.toMatchObject({
      code: 'ALARM_NOT_MUTABLE',
      field: 'kinds',
      message: expect.stringContaining(kind),
    })
    await expect(stores.alarms.previewMute({ ...request, kinds })).rejects.toMatchObject({
      code: 'ALARM_NOT_MUTABLE',
    })
  }
  expect(await stores.alarms.mutes(id)).toEqual([])
  await stores.alarms.mute({ ...request, kinds: null }, alice)
  await lag({ walStatus: 'unreserved' })
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ kind: 'SLOT_AT_RISK', muted: false }])
  expect(await readAlarmEvents(stores, id)).toMatchObject([
    {
      type: 'ALARMS_MUTED',
      payload: { reason: 'noise', kinds: alarmKinds.filter((kind) => alarmCatalog[kind].mutable) },
    },
    { type: 'ALARM_FIRING', payload: { kind: 'SLOT_AT_RISK', severity: 'CRITICAL' } },
  ])
})

test('the preview of a mute is what it would have hidden, and what it hides', async () => {
  await using scene = await followScene()
  const { stores, database, id, lag } = scene
  await lag(late, late, late)
  await evaluate(stores)
  await lag(inTime, inTime, inTime)
  await evaluate(stores)
  await letPass(database, '2 hours')
  await lag({ bytes: 2n ** 40n }, { bytes: 2n ** 40n }, { bytes: 2n ** 40n, walStatus: 'lost' })
  await evaluate(stores)
  const preview = async (hours: number, kinds: readonly ('LAG_BYTES' | 'LAG_SECONDS')[] | null) => {
    const found = await stores.alarms.previewMute({ migrationId: id, kinds, durationMs: hours * hourMs })
    return {
      wouldHaveHidden: found.wouldHaveHidden.map(({ kind }) => kind),
      hidesNow: found.hidesNow.map(({ kind }) => kind),
    }
  }
  expect(await preview(1, null)).toEqual({ wouldHaveHidden: ['LAG_BYTES'], hidesNow: ['LAG_BYTES'] })
  expect(await preview(3, null)).toEqual({
    wouldHaveHidden: ['LAG_BYTES', 'LAG_SECONDS'],
    hidesNow: ['LAG_BYTES'],
  })
  expect(await preview(3, ['LAG_SECONDS'])).toEqual({ wouldHaveHidden: ['LAG_SECONDS'], hidesNow: [] })
})

test('what was opened before the time of the preview, and was told of in it, belongs to it', async () => {
  await using scene = await followScene()
  const { stores, database, id, lag } = scene
  const preview = async () => {
    const found = await stores.alarms.previewMute({ migrationId: id, kinds: null, durationMs: hourMs })
    return found.wouldHaveHidden.map(({ kind }) => kind)
  }
  await lag(late, late, late)
  await evaluate(stores)
  await letPass(database, '2 hours')
  expect(await preview()).toEqual([])
  await evaluate(stores)
  expect(await readAlarmEventTypes(stores, id)).toEqual(['ALARM_FIRING', 'ALARM_ESCALATED'])
  expect(await preview()).toEqual(['LAG_SECONDS'])
  await letPass(database, '2 hours')
  expect(await preview()).toEqual([])
  await lag(inTime, inTime, inTime)
  await evaluate(stores)
  expect(await preview()).toEqual(['LAG_SECONDS'])
  await letPass(database, '4 minutes')
  await lag(late, late, late)
  await evaluate(stores)
  await database.query(`update godwit_control.alarms set opened_at = opened_at - interval '1 day'`)
  expect(await listAlarms(stores)).toMatchObject([{ reopenings: 1 }])
  expect(await preview()).toEqual(['LAG_SECONDS'])
})

test.each([
  [{ durationMs: 59_999 }, 'duration'],
  [{ durationMs: 7 * 24 * hourMs + 1 }, 'duration'],
  [{ durationMs: Number.NaN }, 'duration'],
  [{ kinds: [] }, 'kinds'],
  [{ reason: ' ' }, 'reason'],
])('a mute of %j is refused', async (change, field) => {
  await using scene = await followScene()
  const request = { migrationId: scene.id, kinds: null, durationMs: hourMs, reason: 'noise' }
  await expect(scene.stores.alarms.mute({ ...request, ...change }, alice)).rejects.toMatchObject({
    code: 'BAD_INPUT',
    field,
  })
})

test('the rules of a migration are its own, and go back to the defaults', async () => {
  await using scene = await followScene()
  const { stores, id, lag } = scene
  const readRule = async () =>
    (await stores.alarms.settings(id)).rules.find(({ kind }) => kind === 'LAG_SECONDS')
  const settings = { migrationId: id, rules: [{ kind: 'LAG_SECONDS', raise: 10, samples: 5 }] } as const
  const saved = await stores.alarms.saveSettings(settings, alice)
  expect(saved.rules).toHaveLength(alarmKinds.length)
  expect(await readRule()).toMatchObject({ raise: 10, clear: 5, samples: 5, clearSamples: 3, enabled: true })
  await lag(...Array.from({ length: 4 }, () => ({ seconds: 12 })))
  await evaluate(stores)
  expect(await listAlarms(stores)).toEqual([])
  await lag({ seconds: 12 })
  await evaluate(stores)
  expect(await listAlarms(stores)).toMatchObject([{ kind: 'LAG_SECONDS', threshold: 10 }])
  await stores.alarms.saveSettings({ migrationId: id, rules: [{ kind: 'LAG_SECONDS' }] }, alice)
  expect(await readRule()).toMatchObject({ raise: 60, clear: 30, samples: 3 })
  const notes = (await stores.events.readMigration(id, 0n, 100)).filter(({ type }) => type === 'NOTE')
  expect(notes.map(({ message }) => message)).toEqual([
    'The alarm rules were changed: LAG_SECONDS (raise 10, samples 5).',
    'The alarm rules were changed: LAG_SECONDS (as by default).',
  ])
})

test('rules that cannot be are refused, and none of them is kept', async () => {
  await using scene = await followScene()
  const { stores, id } = scene
  const before = await stores.alarms.settings(id)
  const good = { kind: 'LAG_BYTES', raise: 5 } as const
  const save = (rules: Parameters<typeof stores.alarms.saveSettings>[0]['rules'], escalateAfterMs?: number) =>
    stores.alarms.saveSettings({ migrationId: id, rules, ...(escalateAfterMs && { escalateAfterMs }) }, alice)
  await expect(save([good, { kind: 'LAG_SECONDS', raise: 1, clear: 2 }])).rejects.toMatchObject({
    code: 'BAD_INPUT',
    field: 'rules[1].clear',
  })
  await expect(save([good, { kind: 'SLOT_AT_RISK', enabled: false }])).rejects.toMatchObject({
    code: 'ALARM_NOT_MUTABLE',
  })
  await expect(save([good, { kind: 'SLOT_AT_RISK', raise: 0 }])).rejects.toMatchObject({
    code: 'BAD_INPUT',
    field: 'rules[1].raise',
  })
  await expect(save([good, good])).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'rules[1].kind' })
  await expect(save([])).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'rules' })
  await expect(save([good], 59_999)).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'escalateAfter' })
  expect(await stores.alarms.settings(id)).toEqual(before)
})

test('every command is done once for an idempotency key', async () => {
  await using scene = await followScene()
  const { stores, id, lag } = scene
  await lag(late, late, late)
  await evaluate(stores)
  const [alarm] = await listAlarms(stores)
  const mute = { migrationId: id, kinds: null, durationMs: hourMs, reason: 'noise' }
  const commands = [
    () => stores.alarms.mute(mute, { ...alice, idempotencyKey: 'mute' }),
    () => stores.alarms.acknowledge({ alarmId: alarm!.id }, { ...alice, idempotencyKey: 'acknowledge' }),
    () => stores.alarms.unmute(id, { ...alice, idempotencyKey: 'unmute' }),
    () =>
      stores.alarms.saveSettings(
        { migrationId: id, rules: [{ kind: 'LAG_BYTES', raise: 5 }] },
        { ...alice, idempotencyKey: 'rules' },
      ),
  ]
  for (const command of commands) {
    const first = await command()
    const before = await stores.events.readMigration(id, 0n, 100)
    expect(await command()).toEqual(first)
    expect(await stores.events.readMigration(id, 0n, 100)).toEqual(before)
  }
  expect(await readAlarmEventTypes(stores, id)).toEqual([
    'ALARM_FIRING',
    'ALARMS_MUTED',
    'ALARM_ACKNOWLEDGED',
    'ALARMS_UNMUTED',
  ])
})

test('of a migration that does not exist nothing can be muted or set', async () => {
  await using scene = await followScene()
  const { alarms } = scene.stores
  const missing = { code: 'NOT_FOUND' }
  const mute = { migrationId: 'm-zzzz', kinds: null, durationMs: hourMs, reason: 'noise' }
  await expect(alarms.mute(mute, alice)).rejects.toMatchObject(missing)
  await expect(alarms.previewMute(mute)).rejects.toMatchObject(missing)
  await expect(alarms.unmute('m-zzzz', alice)).rejects.toMatchObject(missing)
  await expect(alarms.settings('m-zzzz')).rejects.toMatchObject(missing)
  const settings = { migrationId: 'm-zzzz', rules: [], escalateAfterMs: null }
  await expect(alarms.saveSettings(settings, alice)).rejects.toMatchObject(missing)
  expect(await alarms.mutes('m-zzzz')).toEqual([])
})
