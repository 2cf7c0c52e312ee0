import {
  renderReport,
  type CleanUpItem,
  type CompletionReport,
  type ReportedDatabase,
  type ReportedDecision,
  type StepTiming,
  type TableComparison,
} from '../../../engine/index.ts'
import { builder } from '../../builder.ts'
import { DecisionEnum, FencingEnum } from '../cutover/type.ts'
import { StepName } from '../step/index.ts'

const TableComparisonRef = builder.objectRef<TableComparison>('TableComparison').implement({
  fields: (t) => ({
    schema: t.exposeString('schema'),
    table: t.exposeString('table'),
    sourceRows: t.expose('sourceRows', { type: 'BigInt' }),
    targetRows: t.expose('targetRows', { type: 'BigInt' }),
    isEqual: t.boolean({ resolve: ({ sourceRows, targetRows }) => sourceRows === targetRows }),
  }),
})

const ReportedDatabaseRef = builder.objectRef<ReportedDatabase>('ReportedDatabase').implement({
  description: 'A database as it was reached, whatever has become of its endpoint.',
  fields: (t) => ({
    host: t.exposeString('host'),
    port: t.exposeInt('port'),
    database: t.exposeString('database'),
    user: t.exposeString('user'),
  }),
})

const StepTimingRef = builder.objectRef<StepTiming>('StepTiming').implement({
  fields: (t) => ({
    name: t.expose('step', { type: StepName }),
    duration: t.field({ type: 'Duration', resolve: ({ durationMs }) => durationMs }),
  }),
})

const ReportedDecisionRef = builder.objectRef<ReportedDecision>('ReportedDecision').implement({
  fields: (t) => ({
    person: t.exposeString('person'),
    decision: t.expose('decision', { type: DecisionEnum }),
    reason: t.exposeString('reason', { nullable: true }),
  }),
})

const ReportedBreakGlassRef = builder
  .objectRef<NonNullable<CompletionReport['breakGlass']>>('ReportedBreakGlass')
  .implement({
    description: 'The cutover was executed without the approvals that it lacked.',
    fields: (t) => ({ person: t.exposeString('person'), reason: t.exposeString('reason') }),
  })

const CleanUpSide = builder.enumType('CleanUpSide', { values: ['SOURCE', 'TARGET'] as const })

const CleanUpItemRef = builder.objectRef<CleanUpItem>('CleanUpItem').implement({
  description: 'What people may want to take back when nothing else needs it.',
  fields: (t) => ({
    side: t.expose('side', { type: CleanUpSide }),
    what: t.exposeString('what'),
    statements: t.exposeStringList('statements'),
  }),
})

export const CompletionReportRef = builder.objectRef<CompletionReport>('CompletionReport').implement({
  fields: (t) => ({
    source: t.expose('source', { type: ReportedDatabaseRef, nullable: true }),
    target: t.expose('target', { type: ReportedDatabaseRef, nullable: true }),
    rows: t.expose('rows', { type: 'BigInt', description: 'Copied by the full copy.' }),
    bytes: t.expose('bytes', { type: 'BigInt' }),
    fullCopy: t.field({ type: 'Duration', resolve: ({ fullCopyMs }) => fullCopyMs }),
    appliedTransactions: t.expose('appliedTransactions', { type: 'BigInt' }),
    appliedChanges: t.expose('appliedChanges', { type: 'BigInt' }),
    drainedTo: t.expose('drainedTo', { type: 'LSN', nullable: true }),
    steps: t.expose('steps', { type: [StepTimingRef] }),
    fencing: t.expose('fencing', {
      type: FencingEnum,
      nullable: true,
      description: 'How the source was kept from changing; null without incremental.',
    }),
    pause: t.field({
      type: 'Duration',
      description:
        'From the fence, or without one from the call to complete, to when the target may be written to.',
      resolve: ({ pauseMs }) => pauseMs,
    }),
    predictedPause: t.field({
      type: 'Duration',
      nullable: true,
      resolve: ({ predictedPauseMs }) => predictedPauseMs,
    }),
    compareDuration: t.field({
      type: 'Duration',
      nullable: true,
      description: 'The part of the pause that comparing took; null when nothing was compared.',
      resolve: ({ compareMs }) => compareMs,
    }),
    comparison: t.expose('comparison', { type: [TableComparisonRef] }),
    alignedSequences: t.exposeInt('alignedSequences'),
    refreshedViews: t.exposeInt('refreshedViews'),
    requestedBy: t.exposeString('requestedBy', {
      nullable: true,
      description: 'Who planned the cutover.',
    }),
    decisions: t.expose('decisions', { type: [ReportedDecisionRef] }),
    breakGlass: t.expose('breakGlass', { type: ReportedBreakGlassRef, nullable: true }),
    acceptedWarnings: t.exposeStringList('acceptedWarnings'),
    cleanUp: t.expose('cleanUp', { type: [CleanUpItemRef] }),
    markdown: t.string({ description: 'All of it, to read and keep.', resolve: renderReport }),
  }),
})
