import {
  alarmCatalog,
  type Acknowledgement,
  type Alarm,
  type AlarmMute,
  type AlarmRule,
  type MutePreview,
} from '../../../engine/index.ts'
import { builder, readCost } from '../../builder.ts'
import { ActorRef } from '../actor/index.ts'
import { encodeId } from '../ids/index.ts'
import { MigrationRef } from '../migration/ref.ts'
import { AlarmKindEnum, AlarmSeverityEnum, AlarmStateEnum, AlarmUnitEnum } from './enums.ts'

const AcknowledgementRef = builder.objectRef<Acknowledgement>('AlarmAcknowledgement').implement({
  description: 'Who has said to be looking after an alarm.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime' }),
    by: t.expose('by', { type: ActorRef }),
    note: t.exposeString('note', { nullable: true }),
  }),
})

export const AlarmRef = builder.objectRef<Alarm>('Alarm').implement({
  description: 'One alarm of a migration, from when it is raised until it ends.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('Alarm', id) }),
    migration: t.field({
      type: MigrationRef,
      nullable: true,
      complexity: readCost,
      resolve: ({ migrationId }, _args, { stores }) => stores.migrations.find(migrationId),
    }),
    kind: t.expose('kind', { type: AlarmKindEnum }),
    severity: t.field({ type: AlarmSeverityEnum, resolve: ({ kind }) => alarmCatalog[kind].severity }),
    isMutable: t.boolean({
      description: 'False of alarms that tell of lost data: they can neither be muted nor switched off.',
      resolve: ({ kind }) => alarmCatalog[kind].mutable,
    }),
    state: t.expose('state', { type: AlarmStateEnum }),
    message: t.exposeString('message', { description: 'One sentence for people.' }),
    unit: t.field({ type: AlarmUnitEnum, resolve: ({ kind }) => alarmCatalog[kind].unit }),
    value: t.exposeFloat('value', { description: 'The latest.' }),
    peak: t.exposeFloat('peak', { description: 'The worst.' }),
    threshold: t.exposeFloat('threshold', { description: 'The mark that it was raised by.' }),
    openedAt: t.expose('openedAt', { type: 'DateTime' }),
    reopenings: t.exposeInt('reopenings', {
      description: 'How often it has come back soon after it had ended.',
    }),
    isMuted: t.exposeBoolean('muted', { description: 'Nobody is told of it, because of a mute.' }),
    acknowledgement: t.expose('acknowledgement', { type: AcknowledgementRef, nullable: true }),
    escalatedAt: t.expose('escalatedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was announced once more, because nobody had acknowledged it.',
    }),
    resolvedAt: t.expose('resolvedAt', { type: 'DateTime', nullable: true }),
    resolution: t.exposeString('resolution', { nullable: true, description: 'Why it ended.' }),
  }),
})

export const AlarmRuleRef = builder.objectRef<AlarmRule>('AlarmRule').implement({
  description: 'When an alarm of a kind is raised and when it ends, as it is in effect for a migration.',
  fields: (t) => ({
    kind: t.expose('kind', { type: AlarmKindEnum }),
    description: t.string({ resolve: ({ kind }) => alarmCatalog[kind].description }),
    severity: t.field({ type: AlarmSeverityEnum, resolve: ({ kind }) => alarmCatalog[kind].severity }),
    isMutable: t.boolean({ resolve: ({ kind }) => alarmCatalog[kind].mutable }),
    isEnabled: t.exposeBoolean('enabled'),
    unit: t.field({
      type: AlarmUnitEnum,
      description: 'Of raise and clear.',
      resolve: ({ kind }) => alarmCatalog[kind].unit,
    }),
    raisedBelow: t.boolean({
      description: 'True: raised by a value of raise or less. False: by one of raise or more.',
      resolve: ({ kind }) => alarmCatalog[kind].direction === 'below',
    }),
    raise: t.exposeFloat('raise'),
    clear: t.exposeFloat('clear', { description: 'The mark that ends it.' }),
    samples: t.exposeInt('samples', { description: 'So many in a row raise it.' }),
    clearSamples: t.exposeInt('clearSamples', { description: 'So many in a row end it.' }),
  }),
})

export const AlarmMuteRef = builder.objectRef<AlarmMute>('AlarmMute').implement({
  description: 'Nobody is told of alarms for a while. They are recorded all the same.',
  fields: (t) => ({
    kinds: t.expose('kinds', {
      type: [AlarmKindEnum],
      nullable: true,
      description: 'Null: all that can be muted.',
    }),
    reason: t.exposeString('reason'),
    by: t.expose('by', { type: ActorRef }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    until: t.expose('until', { type: 'DateTime' }),
  }),
})

export const MutePreviewRef = builder.objectRef<MutePreview>('MutePreview').implement({
  description: 'What a mute would do, by what was.',
  fields: (t) => ({
    kinds: t.expose('kinds', { type: [AlarmKindEnum], description: 'Those that it would cover.' }),
    wouldHaveHidden: t.expose('wouldHaveHidden', {
      type: [AlarmRef],
      description: 'Alarms raised within the past duration, newest first, at most 100.',
    }),
    hidesNow: t.expose('hidesNow', {
      type: [AlarmRef],
      description: 'Alarms that are open now, newest first.',
    }),
  }),
})
