import {
  GodwitError,
  weekdays,
  windowAt,
  type CutoverWindow,
  type CutoverWindowSetting,
  type OnceWindow,
  type WeeklyWindow,
  type WindowState,
} from '../../../engine/index.ts'
import { commandContext } from '../../auth/index.ts'
import { builder, readCost } from '../../builder.ts'
import { actionErrorTypes, answer } from '../errors/index.ts'
import { readMigrationId } from '../ids/index.ts'
import { descriptions, payloadNamed } from './actions.ts'
import { MigrationRef } from './ref.ts'

const WeekdayEnum = builder.enumType('Weekday', { values: weekdays })

const OnceWindowRef = builder.objectRef<OnceWindow>('OnceWindow').implement({
  fields: (t) => ({
    opensAt: t.expose('opensAt', { type: 'DateTime' }),
    closesAt: t.expose('closesAt', { type: 'DateTime' }),
  }),
})

const WeeklyWindowRef = builder.objectRef<WeeklyWindow>('WeeklyWindow').implement({
  fields: (t) => ({
    days: t.expose('days', { type: [WeekdayEnum], description: 'On which it opens.' }),
    opens: t.exposeString('opens'),
    closes: t.exposeString('closes'),
    timeZone: t.exposeString('timeZone'),
  }),
})

const CutoverWindowRef = builder
  .objectRef<CutoverWindowSetting & { readonly state: WindowState }>('CutoverWindow')
  .implement({
    description: 'When a migration may be completed.',
    fields: (t) => ({
      once: t.field({
        type: OnceWindowRef,
        nullable: true,
        resolve: ({ window }) => ('once' in window ? window.once : null),
      }),
      weekly: t.field({
        type: WeeklyWindowRef,
        nullable: true,
        resolve: ({ window }) => ('weekly' in window ? window.weekly : null),
      }),
      automatic: t.exposeBoolean('automatic', {
        description: 'Godwit completes by itself when the window is open and a cutover plan is approved.',
      }),
      isOpen: t.boolean({ resolve: ({ state }) => state.current !== null }),
      closesAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When it is open now: until when.',
        resolve: ({ state }) => state.current?.closesAt ?? null,
      }),
      nextOpensAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'The first opening after now; null when there is none any more.',
        resolve: ({ state }) => state.next?.opensAt ?? null,
      }),
    }),
  })

builder.objectField(MigrationRef, 'cutoverWindow', (t) =>
  t.field({
    type: CutoverWindowRef,
    nullable: true,
    complexity: readCost,
    description: 'Null: it may be completed at any time.',
    resolve: async ({ cutoverWindow }, _args, { stores }) =>
      cutoverWindow && {
        ...cutoverWindow,
        state: windowAt(cutoverWindow.window, await stores.cutoverWindows.readClock()),
      },
  }),
)

const OnceWindowInput = builder.inputType('OnceWindowInput', {
  fields: (t) => ({
    opensAt: t.field({ type: 'DateTime', required: true }),
    closesAt: t.field({ type: 'DateTime', required: true }),
  }),
})

const WeeklyWindowInput = builder.inputType('WeeklyWindowInput', {
  description: 'By the clocks of the time zone. What closes before it opens, closes on the day after.',
  fields: (t) => ({
    days: t.field({ type: [WeekdayEnum], required: true, description: 'On which it opens.' }),
    opens: t.string({ required: true, description: 'Such as `02:00`.' }),
    closes: t.string({ required: true, description: 'Such as `05:00`.' }),
    timeZone: t.string({
      required: true,
      description: 'Name of an IANA time zone, such as `Europe/Berlin`.',
    }),
  }),
})

const CutoverWindowInput = builder.inputType('CutoverWindowInput', {
  description: 'Either once or weekly.',
  fields: (t) => ({
    once: t.field({ type: OnceWindowInput }),
    weekly: t.field({ type: WeeklyWindowInput }),
  }),
})

const SetCutoverWindowInput = builder.inputType('SetCutoverWindowInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: descriptions.id }),
    window: t.field({
      type: CutoverWindowInput,
      description: 'Null takes the window away: the migration may be completed at any time.',
    }),
    automatic: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Complete by itself when the window is open and a cutover plan is approved.',
    }),
    expectedVersion: t.int({ description: descriptions.expectedVersion }),
    idempotencyKey: t.string(),
  }),
})

const SetCutoverWindowPayload = payloadNamed('SetCutoverWindowPayload')

builder.mutationField('setCutoverWindow', (t) =>
  t.field({
    type: SetCutoverWindowPayload,
    errors: { types: [...actionErrorTypes] },
    authScopes: { operate: true },
    description: 'Says when the migration may be completed.',
    args: { input: t.arg({ type: SetCutoverWindowInput, required: true }) },
    resolve: answer(({ id, window, automatic, expectedVersion, idempotencyKey }, { stores, viewer }) =>
      stores.cutoverWindows.set(
        {
          migrationId: readMigrationId(id),
          ...(expectedVersion != null && { expectedVersion }),
          setting: readSetting(window, automatic),
        },
        commandContext(viewer, idempotencyKey),
      ),
    ),
  }),
)

interface GivenWindow {
  readonly once?: OnceWindow | null | undefined
  readonly weekly?: WeeklyWindow | null | undefined
}

function readSetting(given: GivenWindow | null | undefined, automatic: boolean): CutoverWindowSetting | null {
  if (given === undefined) throw badWindow('window is missing; null takes the window away.')
  if (given !== null) return { window: readWindow(given), automatic }
  if (automatic) throw badWindow('To complete by itself, a migration needs a window.')
  return null
}

function readWindow({ once, weekly }: GivenWindow): CutoverWindow {
  if (once != null && weekly == null) return { once }
  if (weekly != null && once == null) return { weekly }
  throw badWindow('A window is either once or weekly.')
}

function badWindow(message: string): GodwitError {
  return new GodwitError('BAD_INPUT', message, { field: 'window' })
}
