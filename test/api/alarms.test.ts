import { expect, test } from 'vitest'
import { alarmKinds } from '../../engine/index.ts'
import { evaluate } from '../db/alarms.ts'
import { makeRunning, noLag } from '../db/fixtures.ts'
import { startTestApi, type TestApi } from '../support/api.ts'
import { openWebSocket, subscribeByWebSocket } from './clients.ts'

/** A migration whose lag has raised an alarm. */
async function raiseAlarm(api: TestApi) {
  const { migration, lease } = await makeRunning(api.stores)
  await api.stores.runs.saveStep(lease, { step: 'INCREMENTAL', status: 'RUNNING' })
  for (let n = 0; n < 3; n += 1) await api.stores.runs.addLagSample(lease, { ...noLag, seconds: 90 + n })
  await evaluate(api.stores)
  return migration
}

interface AlarmList {
  readonly alarms: { readonly nodes: readonly { readonly id: string }[] }
}

async function findAlarmId(api: TestApi): Promise<string> {
  const { data } = await api.query<AlarmList>('{ alarms { nodes { id } } }')
  return data?.alarms.nodes[0]?.id ?? ''
}

test('alarms are listed, filtered, found by their id, and shown at their migration', async () => {
  await using api = await startTestApi()
  const { shortId } = await raiseAlarm(api)
  const fields = `id kind severity isMutable state message unit value peak threshold openedAt reopenings isMuted
    acknowledgement { note } escalatedAt resolvedAt resolution migration { shortId }`
  const { data, errors } = await api.query<AlarmList>(
    `query ($id: ID!) {
      alarms { nodes { ${fields} } }
      firing: alarms(filter: { states: [FIRING], kinds: [LAG_SECONDS], severities: [WARNING], migrationId: $id }) {
        nodes { kind }
      }
      resolved: alarms(filter: { states: [RESOLVED] }) { nodes { kind } }
      critical: alarms(filter: { severities: [CRITICAL] }) { nodes { kind } }
      migration(id: $id) { alarms(states: [FIRING, ACKNOWLEDGED]) { nodes { kind } pageInfo { hasNextPage } } }
    }`,
    { id: shortId },
  )
  expect(errors).toBeUndefined()
  expect(data).toMatchObject({
    alarms: {
      nodes: [
        {
          kind: 'LAG_SECONDS',
          severity: 'WARNING',
          isMutable: true,
          state: 'FIRING',
          message: 'The target is 92 s behind the source.',
          unit: 'SECONDS',
          value: 92,
          peak: 92,
          threshold: 60,
          reopenings: 0,
          isMuted: false,
          acknowledgement: null,
          escalatedAt: null,
          resolvedAt: null,
          resolution: null,
          migration: { shortId },
        },
      ],
    },
    firing: { nodes: [{ kind: 'LAG_SECONDS' }] },
    resolved: { nodes: [] },
    critical: { nodes: [] },
    migration: { alarms: { nodes: [{ kind: 'LAG_SECONDS' }], pageInfo: { hasNextPage: false } } },
  })
  const found = await api.query('query ($id: ID!) { alarm(id: $id) { kind } }', {
    id: data?.alarms.nodes[0]?.id,
  })
  expect(found.data).toEqual({ alarm: { kind: 'LAG_SECONDS' } })
})

test('an alarm is acknowledged by who says so', async () => {
  await using api = await startTestApi()
  await raiseAlarm(api)
  const id = await findAlarmId(api)
  const acknowledged = await api.mutate(
    'acknowledgeAlarm',
    { id, note: 'Looking.' },
    'alarm { state acknowledgement { at note by { kind name } } }',
  )
  expect(acknowledged).toMatchObject({
    alarm: {
      state: 'ACKNOWLEDGED',
      acknowledgement: { note: 'Looking.', by: { kind: 'TOKEN', name: 'first admin' } },
    },
  })
  const unknown = await api.mutate(
    'acknowledgeAlarm',
    { id: '018f0000-0000-7000-8000-000000000000' },
    'alarm { id }',
  )
  expect(unknown).toMatchObject({ __typename: 'NotFoundError', code: 'NOT_FOUND' })
  const ofMigration = await api.mutate('acknowledgeAlarm', { id: 'm-7f3k' }, 'alarm { id }')
  expect(ofMigration).toMatchObject({ __typename: 'ValidationError', field: 'id' })
})

test('a mute of all says what it leaves out; one by name of what tells of lost data is refused', async () => {
  await using api = await startTestApi()
  const { shortId: id } = await raiseAlarm(api)
  const preview = await api.query(
    `query ($id: ID!) {
      mutePreview(id: $id, duration: "PT3600S") { kinds wouldHaveHidden { kind } hidesNow { kind } }
    }`,
    { id },
  )
  expect(preview.data).toMatchObject({
    mutePreview: {
      kinds: expect.not.arrayContaining(['SLOT_AT_RISK']),
      wouldHaveHidden: [{ kind: 'LAG_SECONDS' }],
      hidesNow: [{ kind: 'LAG_SECONDS' }],
    },
  })
  const muted = await api.mutate<{ notMuted: readonly string[] }>(
    'muteAlarms',
    { id, duration: 'PT3600S', reason: 'maintenance' },
    'mute { kinds reason until } notice notMuted migration { alarmMutes { reason by { name } } }',
  )
  expect(muted).toMatchObject({
    mute: { kinds: null, reason: 'maintenance' },
    notice: expect.stringContaining('SLOT_AT_RISK'),
    migration: { alarmMutes: [{ reason: 'maintenance', by: { name: 'first admin' } }] },
  })
  expect(muted.notMuted).toEqual(
    expect.arrayContaining(['SLOT_AT_RISK', 'COMPARISON_DIFFERENT', 'TARGET_DIVERGED']),
  )
  const refused = await api.mutate(
    'muteAlarms',
    { id, kinds: ['TARGET_DIVERGED'], duration: 'PT3600S', reason: 'noise' },
    'notice',
  )
  expect(refused).toMatchObject({ __typename: 'ValidationError', code: 'ALARM_NOT_MUTABLE', field: 'kinds' })
  const unmuted = await api.mutate('unmuteAlarms', { id }, 'migration { alarmMutes { reason } }')
  expect(unmuted).toMatchObject({ migration: { alarmMutes: [] } })
})

test('the rules of a migration are shown as they are in effect, and changed', async () => {
  await using api = await startTestApi()
  const { migration } = await makeRunning(api.stores)
  const fields = `migration { alarmEscalation
    alarmRules { kind isEnabled unit raise clear samples clearSamples raisedBelow severity isMutable } }`
  interface Answer {
    readonly migration: { readonly alarmRules: readonly { readonly kind: string }[] }
  }
  const set = await api.mutate<Answer>(
    'setAlarmRules',
    {
      id: migration.shortId,
      rules: [
        { kind: 'LAG_BYTES', raise: 2 ** 40, samples: 5 },
        { kind: 'MIGRATION_FAILED', enabled: false },
      ],
      escalateAfter: 'PT120S',
    },
    fields,
  )
  expect(set.migration.alarmRules.map(({ kind }) => kind)).toEqual(alarmKinds)
  expect(set).toMatchObject({ migration: { alarmEscalation: 'PT120S' } })
  expect(set.migration.alarmRules).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        kind: 'LAG_BYTES',
        unit: 'BYTES',
        raise: 2 ** 40,
        clear: 2 ** 39,
        samples: 5,
      }),
      expect.objectContaining({ kind: 'MIGRATION_FAILED', unit: 'NONE', isEnabled: false }),
      expect.objectContaining({
        kind: 'SLOT_AT_RISK',
        raisedBelow: true,
        isMutable: false,
        severity: 'CRITICAL',
      }),
    ]),
  )
  const reset = await api.mutate<Answer>(
    'setAlarmRules',
    { id: migration.shortId, rules: [{ kind: 'LAG_BYTES' }], escalateAfter: null },
    fields,
  )
  expect(reset).toMatchObject({ migration: { alarmEscalation: 'PT900S' } })
  expect(reset.migration.alarmRules).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: 'LAG_BYTES', raise: 2 ** 30, samples: 3 }),
      expect.objectContaining({ kind: 'MIGRATION_FAILED', isEnabled: false }),
    ]),
  )
  const refused = await api.mutate(
    'setAlarmRules',
    { id: migration.shortId, rules: [{ kind: 'LAG_BYTES', raise: 1, clear: 2 }] },
    'migration { id }',
  )
  expect(refused).toMatchObject({ __typename: 'ValidationError', code: 'BAD_INPUT', field: 'rules[0].clear' })
})

test('who may only read sees alarms and can change nothing about them', async () => {
  await using api = await startTestApi()
  const { shortId } = await raiseAlarm(api)
  const id = await findAlarmId(api)
  const { token } = await api.createToken(['read'])
  const { data } = await api.query('{ alarms { nodes { kind } } }', {}, token)
  expect(data).toEqual({ alarms: { nodes: [{ kind: 'LAG_SECONDS' }] } })
  const inputs = {
    acknowledgeAlarm: { id },
    muteAlarms: { id: shortId, duration: 'PT60S', reason: 'noise' },
    unmuteAlarms: { id: shortId },
    setAlarmRules: { id: shortId, rules: [{ kind: 'LAG_BYTES', enabled: false }] },
  }
  for (const [name, input] of Object.entries(inputs)) {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
    const document = `mutation ($input: ${type}!) { ${name}(input: $input) { __typename } }`
    const { errors } = await api.query(document, { input }, token)
    expect(errors).toMatchObject([{ path: [name], extensions: { code: 'FORBIDDEN' } }])
  }
})

test('alarms come in the feed of events, by their types', async () => {
  await using api = await startTestApi()
  const client = openWebSocket(api)
  await using feed = subscribeByWebSocket<{ events: object }>(
    client,
    `subscription {
      events(after: "0", filter: { types: [ALARM_FIRING, ALARM_ACKNOWLEDGED] }) {
        ... on Event { type payload }
      }
    }`,
  )
  await raiseAlarm(api)
  expect(await feed.next()).toMatchObject({
    data: { events: { type: 'ALARM_FIRING', payload: { kind: 'LAG_SECONDS', value: 92 } } },
  })
  await api.mutate('acknowledgeAlarm', { id: await findAlarmId(api) }, 'alarm { id }')
  expect(await feed.next()).toMatchObject({ data: { events: { type: 'ALARM_ACKNOWLEDGED' } } })
  await client.dispose()
})
