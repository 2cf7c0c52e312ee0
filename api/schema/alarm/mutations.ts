import {
  alarmCatalog,
  alarmKinds,
  type Alarm,
  type AlarmMute,
  type Migration,
} from '../../../engine/index.ts'
import { commandContext } from '../../auth/index.ts'
import { builder } from '../../builder.ts'
import type { ApiContext } from '../../context.ts'
import { answer } from '../errors/index.ts'
import { readId, readMigrationId } from '../ids/index.ts'
import { requireMigration } from '../migration/find.ts'
import { MigrationRef } from '../migration/ref.ts'
import { AlarmKindEnum } from './enums.ts'
import { AlarmMuteRef, AlarmRef } from './type.ts'

const migrationId = 'Of a migration: global id, UUID or short id.'

const AcknowledgeAlarmInput = builder.inputType('AcknowledgeAlarmInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: 'Of an alarm: global id or UUID.' }),
    note: t.string({ description: 'What is done about it, for the others.' }),
    idempotencyKey: t.string(),
  }),
})

const AcknowledgeAlarmPayload = builder.objectRef<Alarm>('AcknowledgeAlarmPayload').implement({
  fields: (t) => ({ alarm: t.field({ type: AlarmRef, resolve: (alarm) => alarm }) }),
})

builder.mutationField('acknowledgeAlarm', (t) =>
  t.field({
    type: AcknowledgeAlarmPayload,
    errors: {},
    authScopes: { operate: true },
    description: 'Says that somebody looks after it, so that it does not escalate.',
    args: { input: t.arg({ type: AcknowledgeAlarmInput, required: true }) },
    resolve: answer(({ id, note, idempotencyKey }, { stores, viewer }) =>
      stores.alarms.acknowledge(
        { alarmId: readId('Alarm', id, 'id'), ...(note != null && { note }) },
        commandContext(viewer, idempotencyKey),
      ),
    ),
  }),
)

const MuteAlarmsInput = builder.inputType('MuteAlarmsInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: migrationId }),
    kinds: t.field({ type: [AlarmKindEnum], description: 'Absent: all that can be muted.' }),
    duration: t.field({ type: 'Duration', required: true, description: 'From one minute to seven days.' }),
    reason: t.string({ required: true }),
    idempotencyKey: t.string(),
  }),
})

const MuteAlarmsPayload = builder.objectRef<AlarmMute>('MuteAlarmsPayload').implement({
  fields: (t) => ({
    mute: t.field({ type: AlarmMuteRef, resolve: (mute) => mute }),
    notice: t.string({
      nullable: true,
      description: 'What is announced all the same.',
      resolve: ({ kinds }) =>
        kinds === null ? `Never muted, because they tell of lost data: ${immutable.join(', ')}.` : null,
    }),
    notMuted: t.field({
      type: [AlarmKindEnum],
      description: 'The kinds that a mute of all leaves out, because they tell of lost data.',
      resolve: ({ kinds }) => (kinds === null ? immutable : []),
    }),
    migration: t.field({
      type: MigrationRef,
      resolve: (mute, _args, { stores }) => requireMigration(mute.migrationId, stores),
    }),
  }),
})

const immutable = alarmKinds.filter((kind) => !alarmCatalog[kind].mutable)

builder.mutationField('muteAlarms', (t) =>
  t.field({
    type: MuteAlarmsPayload,
    errors: {},
    authScopes: { operate: true },
    description:
      'Nobody is told of alarms for a while; what still fires at its end is announced then. Look at mutePreview first.',
    args: { input: t.arg({ type: MuteAlarmsInput, required: true }) },
    resolve: answer(({ id, kinds, duration, reason, idempotencyKey }, { stores, viewer }) =>
      stores.alarms.mute(
        { migrationId: readMigrationId(id), kinds: kinds ?? null, durationMs: duration, reason },
        commandContext(viewer, idempotencyKey),
      ),
    ),
  }),
)

const UnmuteAlarmsInput = builder.inputType('UnmuteAlarmsInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: migrationId }),
    idempotencyKey: t.string(),
  }),
})

const UnmuteAlarmsPayload = payloadOfMigration('UnmuteAlarmsPayload')

builder.mutationField('unmuteAlarms', (t) =>
  t.field({
    type: UnmuteAlarmsPayload,
    errors: {},
    authScopes: { operate: true },
    description: 'Ends all mutes of a migration. What still fires is announced.',
    args: { input: t.arg({ type: UnmuteAlarmsInput, required: true }) },
    resolve: answer(async ({ id, idempotencyKey }, { stores, viewer }) => {
      await stores.alarms.unmute(readMigrationId(id), commandContext(viewer, idempotencyKey))
      return await requireMigration(id, stores)
    }),
  }),
)

const AlarmRuleInput = builder.inputType('AlarmRuleInput', {
  description: 'What is absent is as by default; with nothing but its kind, all of it is.',
  fields: (t) => ({
    kind: t.field({ type: AlarmKindEnum, required: true }),
    enabled: t.boolean(),
    raise: t.float({ description: 'In the unit of the kind.' }),
    clear: t.float({ description: 'Absent: in proportion to raise as by default.' }),
    samples: t.int({
      description: 'In a row, to raise it: 1 to 60. Only of kinds that are measured every second.',
    }),
    clearSamples: t.int({ description: 'In a row, to end it: likewise.' }),
  }),
})

const SetAlarmRulesInput = builder.inputType('SetAlarmRulesInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: migrationId }),
    rules: t.field({ type: [AlarmRuleInput], description: 'Other kinds stay as they are.' }),
    escalateAfter: t.field({
      type: 'Duration',
      description:
        'From one minute to seven days, after which an alarm that nobody has acknowledged is announced once more.' +
        ' Absent: as it is; null: 15 minutes.',
    }),
    idempotencyKey: t.string(),
  }),
})

const SetAlarmRulesPayload = payloadOfMigration('SetAlarmRulesPayload')

builder.mutationField('setAlarmRules', (t) =>
  t.field({
    type: SetAlarmRulesPayload,
    errors: {},
    authScopes: { operate: true },
    description: 'Changes when alarms of a migration are raised. See its alarmRules.',
    args: { input: t.arg({ type: SetAlarmRulesInput, required: true }) },
    resolve: answer((input, context) => setRules(input, context)),
  }),
)

async function setRules(
  { id, rules, escalateAfter, idempotencyKey }: typeof SetAlarmRulesInput.$inferInput,
  { stores, viewer }: ApiContext,
): Promise<Migration> {
  await stores.alarms.saveSettings(
    {
      migrationId: readMigrationId(id),
      rules: (rules ?? []).map(({ kind, enabled, raise, clear, samples, clearSamples }) => ({
        kind,
        ...(enabled != null && { enabled }),
        ...(raise != null && { raise }),
        ...(clear != null && { clear }),
        ...(samples != null && { samples }),
        ...(clearSamples != null && { clearSamples }),
      })),
      ...(escalateAfter !== undefined && { escalateAfterMs: escalateAfter }),
    },
    commandContext(viewer, idempotencyKey),
  )
  return await requireMigration(id, stores)
}

function payloadOfMigration(name: string) {
  return builder.objectRef<Migration>(name).implement({
    fields: (t) => ({ migration: t.field({ type: MigrationRef, resolve: (migration) => migration }) }),
  })
}
