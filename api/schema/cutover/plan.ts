import {
  type CutoverPlan,
  defaultPlanLifeMs,
  type GivenCutoverOptions,
  requirePlanLife,
  resolveCutoverOptions,
  situationOf,
  statusAfterAction,
} from '../../../engine/index.ts'
import { commandContext } from '../../auth/index.ts'
import { builder } from '../../builder.ts'
import type { ApiContext } from '../../context.ts'
import { actionErrorTypes, answer } from '../errors/index.ts'
import { readMigrationId } from '../ids/index.ts'
import { CutoverPlanRef, FencingEnum } from './type.ts'

const PlanCutoverInput = builder.inputType('PlanCutoverInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id, UUID or short id.' }),
    fencing: t.field({ type: FencingEnum, required: true }),
    quiet: t.field({
      type: 'Duration',
      description:
        'Of fencing NONE: how long nothing may arrive before writes count as stopped; absent: 2 s.',
    }),
    maxPause: t.field({
      type: 'Duration',
      description: 'When the pause gets longer, the cutover is given up; absent: 5 minutes.',
    }),
    compare: t.boolean({
      description: 'Count rows on both sides while writers wait; absent: with full copy only.',
    }),
    expiresIn: t.field({ type: 'Duration', description: 'From 1 minute to 7 days; absent: 30 minutes.' }),
    idempotencyKey: t.string(),
  }),
})

const PlanCutoverPayload = builder.objectRef<CutoverPlan>('PlanCutoverPayload').implement({
  fields: (t) => ({ plan: t.field({ type: CutoverPlanRef, resolve: (plan) => plan }) }),
})

builder.mutationField('planCutover', (t) =>
  t.field({
    type: PlanCutoverPayload,
    errors: { types: [...actionErrorTypes] },
    authScopes: { operate: true },
    description:
      'Measures source and target, and keeps what a completion would do, for people to decide on. A former plan ends.',
    args: { input: t.arg({ type: PlanCutoverInput, required: true }) },
    resolve: answer(({ id, fencing, quiet, maxPause, compare, expiresIn, idempotencyKey }, context) =>
      planCutover(
        {
          migrationId: readMigrationId(id),
          options: {
            fencing,
            ...(quiet != null && { quietMs: quiet }),
            ...(maxPause != null && { maxPauseMs: maxPause }),
            ...(compare != null && { compare }),
          },
          expiresInMs: expiresIn ?? defaultPlanLifeMs,
          idempotencyKey,
        },
        context,
      ),
    ),
  }),
)

interface GivenPlan {
  readonly migrationId: string
  readonly options: GivenCutoverOptions
  readonly expiresInMs: number
  readonly idempotencyKey: string | null | undefined
}

/** What can be refused without looking at the servers is refused before that. */
async function planCutover(
  { migrationId, options: given, expiresInMs, idempotencyKey }: GivenPlan,
  { stores, viewer, measureCutover, clientGone }: ApiContext,
): Promise<CutoverPlan> {
  requirePlanLife(expiresInMs)
  const subject = await stores.cutovers.subject(migrationId)
  const { migration } = subject
  const options = resolveCutoverOptions(given, migration.kind)
  statusAfterAction(situationOf(migration.status, await stores.migrations.steps(migration.id)), 'COMPLETE')
  const [source, target] = await Promise.all([
    stores.endpoints.connection(migration.sourceId),
    stores.endpoints.connection(migration.targetId),
  ])
  const measured = await measureCutover({ ...subject, source, target, fencing: options.fencing }, clientGone)
  return await stores.cutovers.plan(
    { migrationId: migration.id, options, expiresInMs, measured, measuredVersion: migration.version },
    commandContext(viewer, idempotencyKey),
  )
}
