import { localTimeResolutions, missedPolicies, type Schedule } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'
import { actionErrorTypes, answer, ConfirmationRequiredError } from '../errors/index.ts'
import { act, addAction, descriptions, payloadNamed } from './actions.ts'
import { MigrationRef } from './ref.ts'

const MissedPolicyEnum = builder.enumType('MissedPolicy', {
  description:
    'What becomes of a start whose time passes by more than five minutes while no worker is there.',
  values: {
    RUN: { description: 'It starts once, as soon as a worker is there.' },
    REPORT: { description: 'It does not start: it is READY again, with the problem SCHEDULE_MISSED.' },
  } as const satisfies Record<(typeof missedPolicies)[number], { description: string }>,
})

const LocalTimeResolutionEnum = builder.enumType('LocalTimeResolution', {
  description: 'What was made of a time of the clocks.',
  values: {
    EXACT: { description: 'The clocks show it once.' },
    SKIPPED: { description: 'The clocks skip it: it is later by the length of the gap.' },
    REPEATED: { description: 'The clocks show it twice: it is the first.' },
  } as const satisfies Record<(typeof localTimeResolutions)[number], { description: string }>,
})

const ScheduleRef = builder.objectRef<Schedule>('Schedule').implement({
  description: 'When a migration starts by itself. It is verified again just before.',
  fields: (t) => ({
    startAt: t.expose('startAt', { type: 'DateTime' }),
    timeZone: t.exposeString('timeZone', {
      nullable: true,
      description: 'In which localTime was given; null when a moment was given.',
    }),
    localTime: t.exposeString('localTime', { nullable: true, description: 'As it was given.' }),
    resolution: t.expose('resolution', { type: LocalTimeResolutionEnum, nullable: true }),
    whenMissed: t.expose('whenMissed', { type: MissedPolicyEnum }),
    acceptedWarnings: t.exposeStringList('acceptedWarnings', {
      description: 'Checks of verify whose warnings were accepted; any other warning keeps it from starting.',
    }),
  }),
})

builder.objectField(MigrationRef, 'schedule', (t) =>
  t.expose('schedule', { type: ScheduleRef, nullable: true, description: 'In status SCHEDULED.' }),
)

addAction('unschedule', 'UNSCHEDULE', 'Takes back a schedule: the migration is READY again.')

const ScheduleMigrationInput = builder.inputType('ScheduleMigrationInput', {
  description: 'The time is either startAt, or localTime in timeZone.',
  fields: (t) => ({
    id: t.id({ required: true, description: descriptions.id }),
    startAt: t.field({ type: 'DateTime' }),
    localTime: t.string({
      description: 'As the clocks of the time zone show it, such as `2026-03-29T02:30`.',
    }),
    timeZone: t.string({ description: 'Name of an IANA time zone, such as `Europe/Berlin`.' }),
    whenMissed: t.field({ type: MissedPolicyEnum, required: true, defaultValue: 'REPORT' }),
    acceptWarnings: t.boolean({
      description: 'Start although verify warned of what it warns of now; recorded with who and when.',
    }),
    expectedVersion: t.int({ description: descriptions.expectedVersion }),
    idempotencyKey: t.string(),
  }),
})

const ScheduleMigrationPayload = payloadNamed('ScheduleMigrationPayload')

builder.mutationField('scheduleMigration', (t) =>
  t.field({
    type: ScheduleMigrationPayload,
    errors: { types: [...actionErrorTypes, ConfirmationRequiredError] },
    authScopes: { operate: true },
    description: 'Makes a migration start by itself later. One that is scheduled already gets the new time.',
    args: { input: t.arg({ type: ScheduleMigrationInput, required: true }) },
    resolve: answer(({ startAt, localTime, timeZone, whenMissed, acceptWarnings, ...input }, context) =>
      act('SCHEDULE', input, context, {
        schedule: {
          ...(startAt != null && { startAt }),
          ...(localTime != null && { localTime }),
          ...(timeZone != null && { timeZone }),
          whenMissed,
        },
        ...(acceptWarnings != null && { acceptWarnings }),
      }),
    ),
  }),
)
