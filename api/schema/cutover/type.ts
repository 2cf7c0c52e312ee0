import {
  type ApprovalRequirement,
  type BreakGlass,
  type CutoverDecision,
  type CutoverMeasurement,
  type CutoverOptions,
  type CutoverPlan,
  cutoverPlanStatuses,
  type CutoverWarning,
  type Fencing,
  findApprovalObstacle,
  type MissingApproval,
  missingApprovals,
  type PauseParts,
} from '../../../engine/index.ts'
import { holdsScope } from '../../auth/index.ts'
import { builder } from '../../builder.ts'
import { ActorRef } from '../actor/index.ts'

export const FencingEnum = builder.enumType('Fencing', {
  description: 'How writers are kept from the source during the cutover.',
  values: {
    NONE: {
      description:
        'Not at all: the caller says that writes have stopped, and Godwit looks whether any arrive.',
    },
    READ_ONLY: { description: 'The database becomes read-only, and other sessions are ended once.' },
    BLOCK_CONNECTIONS: { description: 'The database takes no other sessions.' },
  } as const satisfies Record<Fencing, { description: string }>,
})

const PlanStatus = builder.enumType('CutoverPlanStatus', { values: cutoverPlanStatuses })

const OptionsRef = builder.objectRef<CutoverOptions>('CutoverOptions').implement({
  fields: (t) => ({
    fencing: t.expose('fencing', { type: FencingEnum }),
    quiet: t.field({
      type: 'Duration',
      description: 'Of fencing NONE: how long nothing may arrive before writes count as stopped.',
      resolve: ({ quietMs }) => quietMs,
    }),
    maxPause: t.field({
      type: 'Duration',
      description: 'When the pause gets longer, the cutover is given up and writers go on.',
      resolve: ({ maxPauseMs }) => maxPauseMs,
    }),
    compare: t.exposeBoolean('compare', {
      description: 'Rows are counted on both sides while writers wait.',
    }),
  }),
})

const WarningRef = builder.objectRef<CutoverWarning>('CutoverWarning').implement({
  fields: (t) => ({
    code: t.exposeString('code'),
    message: t.exposeString('message'),
    remedy: t.exposeString('remedy'),
  }),
})

const MeasurementRef = builder.objectRef<CutoverMeasurement>('CutoverMeasurement').implement({
  description: 'What source and target were like when the plan was made.',
  fields: (t) => ({
    lagBytes: t.expose('lagBytes', { type: 'BigInt' }),
    lagSeconds: t.exposeFloat('lagSeconds', { description: 'At most; 0 when caught up.' }),
    sequences: t.exposeInt('sequences'),
    materializedViews: t.exposeInt('materializedViews'),
    tables: t.exposeInt('tables'),
    tableBytes: t.expose('tableBytes', { type: 'BigInt' }),
    longestTransactionSeconds: t.exposeFloat('longestTransactionSeconds'),
    warnings: t.expose('warnings', { type: [WarningRef] }),
  }),
})

const PausePartsRef = builder.objectRef<PauseParts>('CutoverPauseParts').implement({
  fields: (t) => ({
    fence: t.field({ type: 'Duration', resolve: ({ fenceMs }) => fenceMs }),
    drain: t.field({ type: 'Duration', resolve: ({ drainMs }) => drainMs }),
    align: t.field({ type: 'Duration', resolve: ({ alignMs }) => alignMs }),
    compare: t.field({ type: 'Duration', resolve: ({ compareMs }) => compareMs }),
  }),
})

export const DecisionEnum = builder.enumType('CutoverDecisionKind', {
  values: ['APPROVE', 'REJECT'] as const,
})

const DecisionRef = builder.objectRef<CutoverDecision>('CutoverDecision').implement({
  fields: (t) => ({
    person: t.exposeString('person', { description: 'Whom it counts for.' }),
    actor: t.expose('actor', { type: ActorRef }),
    decision: t.expose('decision', { type: DecisionEnum }),
    reason: t.exposeString('reason', { nullable: true }),
    at: t.expose('at', { type: 'DateTime' }),
  }),
})

const RequiredApprovalRef = builder
  .objectRef<ApprovalRequirement['rules'][number]>('RequiredApproval')
  .implement({
    description: 'A rule as it was when the plan was made.',
    fields: (t) => ({
      rule: t.exposeString('rule'),
      required: t.exposeInt('required'),
      approvers: t.exposeStringList('approvers', {
        description: 'Who can approve: the people of the rule and the members of its groups.',
      }),
    }),
  })

const MissingApprovalRef = builder.objectRef<MissingApproval>('MissingApproval').implement({
  fields: (t) => ({
    rule: t.exposeString('rule'),
    missing: t.exposeInt('missing', { description: 'How many more it needs.' }),
    people: t.exposeStringList('people', { description: 'Who can give one and has not.' }),
  }),
})

const BreakGlassRef = builder.objectRef<BreakGlass>('BreakGlass').implement({
  description: 'An admin went on without the approvals that were missing.',
  fields: (t) => ({
    person: t.exposeString('person'),
    reason: t.exposeString('reason'),
    at: t.expose('at', { type: 'DateTime' }),
  }),
})

export const CutoverPlanRef = builder.objectRef<CutoverPlan>('CutoverPlan').implement({
  description: 'What is going to be done to complete a migration. Whoever decides on it names its digest.',
  fields: (t) => ({
    digest: t.exposeString('digest', {
      description: 'Over all that is shown here but status and decisions: another plan has another digest.',
    }),
    status: t.expose('status', { type: PlanStatus }),
    options: t.expose('options', { type: OptionsRef }),
    measured: t.expose('measured', { type: MeasurementRef }),
    predictedPause: t.field({ type: 'Duration', resolve: ({ predictedPauseMs }) => predictedPauseMs }),
    predictedParts: t.expose('predictedParts', { type: PausePartsRef }),
    migrationVersion: t.exposeInt('migrationVersion', {
      description: 'Of the migration; the plan is void when that changes.',
    }),
    requestedBy: t.expose('requestedBy', { type: ActorRef }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
    decisions: t.expose('decisions', { type: [DecisionRef], description: 'In their order.' }),
    requirement: t.field({
      type: [RequiredApprovalRef],
      description: 'Every one of these must be met; empty when no rule is about the migration.',
      resolve: ({ requirement }) => requirement.rules,
    }),
    missingApprovals: t.field({
      type: [MissingApprovalRef],
      description: 'What is left until every rule is met.',
      resolve: (plan) => missingApprovals(plan),
    }),
    mayApprove: t.boolean({
      description: 'Whether the caller can approve it now.',
      resolve: (plan, _args, { viewer }) =>
        plan.status === 'PENDING' &&
        holdsScope(viewer.scopes, 'approve') &&
        findApprovalObstacle(plan, viewer.actor) === null,
    }),
    voidReason: t.exposeString('voidReason', {
      nullable: true,
      description: 'Why it does not hold any more.',
    }),
    executedBy: t.exposeString('executedBy', {
      nullable: true,
      description: 'The person who asked for the completion by it.',
    }),
    executedAt: t.expose('executedAt', { type: 'DateTime', nullable: true }),
    breakGlass: t.expose('breakGlass', { type: BreakGlassRef, nullable: true }),
  }),
})
