import { GodwitError, type Action, type ActionRequest, type Migration } from '../../../engine/index.ts'
import { commandContext, holdsScope } from '../../auth/index.ts'
import { builder } from '../../builder.ts'
import type { ApiContext } from '../../context.ts'
import { actionErrorTypes, answer, ConfirmationRequiredError, CutoverPlanError } from '../errors/index.ts'
import { readMigrationId } from '../ids/index.ts'
import { MigrationRef } from './ref.ts'

export const descriptions = {
  id: 'Global id, UUID or short id.',
  expectedVersion: 'Nothing is done when the migration has changed since this version.',
}

interface GivenAction {
  readonly id: string
  readonly expectedVersion?: number | null | undefined
  readonly idempotencyKey?: string | null | undefined
}

type Confirmation = Pick<
  ActionRequest,
  'acceptWarnings' | 'writesStopped' | 'planDigest' | 'breakGlass' | 'schedule'
>

export function act(
  action: Action,
  { id, expectedVersion, idempotencyKey }: GivenAction,
  { stores, viewer }: ApiContext,
  confirmation: Confirmation = {},
): Promise<Migration> {
  return stores.migrations.act(
    {
      migrationId: readMigrationId(id),
      action,
      ...(expectedVersion != null && { expectedVersion }),
      ...confirmation,
    },
    commandContext(viewer, idempotencyKey),
  )
}

export function payloadNamed(name: string) {
  return builder.objectRef<Migration>(name).implement({
    fields: (t) => ({ migration: t.field({ type: MigrationRef, resolve: (migration) => migration }) }),
  })
}

export function addAction(verb: string, action: Action, description: string): void {
  const TypeName = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}Migration`
  const Input = builder.inputType(`${TypeName}Input`, {
    fields: (t) => ({
      id: t.id({ required: true, description: descriptions.id }),
      expectedVersion: t.int({ description: descriptions.expectedVersion }),
      idempotencyKey: t.string(),
    }),
  })
  const Payload = payloadNamed(`${TypeName}Payload`)
  builder.mutationField(`${verb}Migration`, (t) =>
    t.field({
      type: Payload,
      errors: { types: [...actionErrorTypes] },
      authScopes: { operate: true },
      description,
      args: { input: t.arg({ type: Input, required: true }) },
      resolve: answer((input: GivenAction, context) => act(action, input, context)),
    }),
  )
}

addAction('verify', 'VERIFY', 'Checks whether the migration can run; its verifyReport says what to mend.')
addAction('pause', 'PAUSE', 'Stops the work. The source keeps its WAL meanwhile.')
addAction('resume', 'RESUME', 'Continues a paused migration where it was.')
addAction('retry', 'RETRY', 'Continues a failed migration where it was.')
addAction(
  'cancel',
  'CANCEL',
  'Ends the migration and removes what Godwit made on the source. Data on the target stays.',
)

const StartMigrationInput = builder.inputType('StartMigrationInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: descriptions.id }),
    acceptWarnings: t.boolean({ description: 'Go on although verify warned; recorded with who and when.' }),
    expectedVersion: t.int({ description: descriptions.expectedVersion }),
    idempotencyKey: t.string(),
  }),
})

const StartMigrationPayload = payloadNamed('StartMigrationPayload')

builder.mutationField('startMigration', (t) =>
  t.field({
    type: StartMigrationPayload,
    errors: { types: [...actionErrorTypes, ConfirmationRequiredError] },
    authScopes: { operate: true },
    description: 'Starts a migration that verify has found ready.',
    args: { input: t.arg({ type: StartMigrationInput, required: true }) },
    resolve: answer(({ acceptWarnings, ...input }, context) =>
      act('START', input, context, acceptWarnings == null ? {} : { acceptWarnings }),
    ),
  }),
)

const BreakGlassInput = builder.inputType('BreakGlassInput', {
  description: 'Go on without the approvals that are missing. For admins; loud in events and audit log.',
  fields: (t) => ({
    reason: t.string({ required: true, description: 'At least 10 characters.' }),
  }),
})

const CompleteMigrationInput = builder.inputType('CompleteMigrationInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: descriptions.id }),
    planDigest: t.string({ required: true, description: 'Of the plan that is to be executed.' }),
    writesStopped: t.boolean({
      description: 'The caller says that nothing writes to the source any more; needed with fencing NONE.',
    }),
    breakGlass: t.field({ type: BreakGlassInput }),
    expectedVersion: t.int({ description: descriptions.expectedVersion }),
    idempotencyKey: t.string(),
  }),
})

const CompleteMigrationPayload = payloadNamed('CompleteMigrationPayload')

builder.mutationField('completeMigration', (t) =>
  t.field({
    type: CompleteMigrationPayload,
    errors: { types: [...actionErrorTypes, ConfirmationRequiredError, CutoverPlanError] },
    authScopes: { operate: true },
    description:
      'Executes an approved plan: fences, applies what is left, aligns, compares, and lets the source go. Source and ' +
      'target are measured again first; when they are worse than planned, the plan is void and the migration goes on.',
    args: { input: t.arg({ type: CompleteMigrationInput, required: true }) },
    resolve: answer(({ planDigest, writesStopped, breakGlass, ...input }, context) => {
      if (breakGlass != null) requireAdmin(context)
      return act('COMPLETE', input, context, {
        planDigest,
        ...(writesStopped != null && { writesStopped }),
        ...(breakGlass != null && { breakGlass }),
      })
    }),
  }),
)

function requireAdmin({ viewer }: ApiContext): void {
  if (holdsScope(viewer.scopes, 'admin')) return
  throw new GodwitError('FORBIDDEN', 'This call may not break the glass.', {
    remedy: 'That needs the scope admin; or wait for the missing approvals.',
  })
}
