import type { CompletionReport, TableComparison } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'

const TableComparisonRef = builder.objectRef<TableComparison>('TableComparison').implement({
  fields: (t) => ({
    schema: t.exposeString('schema'),
    table: t.exposeString('table'),
    sourceRows: t.expose('sourceRows', { type: 'BigInt' }),
    targetRows: t.expose('targetRows', { type: 'BigInt' }),
    isEqual: t.boolean({ resolve: ({ sourceRows, targetRows }) => sourceRows === targetRows }),
  }),
})

export const CompletionReportRef = builder.objectRef<CompletionReport>('CompletionReport').implement({
  fields: (t) => ({
    rows: t.expose('rows', { type: 'BigInt', description: 'Copied by the full copy.' }),
    bytes: t.expose('bytes', { type: 'BigInt' }),
    fullCopy: t.field({ type: 'Duration', resolve: ({ fullCopyMs }) => fullCopyMs }),
    appliedTransactions: t.expose('appliedTransactions', { type: 'BigInt' }),
    appliedChanges: t.expose('appliedChanges', { type: 'BigInt' }),
    drainedTo: t.expose('drainedTo', { type: 'LSN', nullable: true }),
    pause: t.field({
      type: 'Duration',
      description: 'From the beginning of DRAIN to the end of COMPARE: how long writers had to wait.',
      resolve: ({ pauseMs }) => pauseMs,
    }),
    comparison: t.expose('comparison', { type: [TableComparisonRef] }),
    alignedSequences: t.exposeInt('alignedSequences'),
  }),
})
