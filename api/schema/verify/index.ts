import type { CheckOutcome, CheckResult, VerifyReport } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'

const CheckOutcomeEnum = builder.enumType('CheckOutcome', {
  values: {
    PASSED: { value: 'passed' },
    WARNING: { value: 'warning', description: 'The migration may start when someone accepts it.' },
    FAILED: { value: 'failed', description: 'The migration may not start.' },
  } as const satisfies Record<string, { value: CheckOutcome; description?: string }>,
})

const CheckRef = builder.objectRef<CheckResult>('VerifyCheck').implement({
  description: 'What one check of verify found.',
  fields: (t) => ({
    check: t.exposeString('check', { description: 'A stable name, such as `wal-level`.' }),
    title: t.exposeString('title'),
    outcome: t.expose('outcome', { type: CheckOutcomeEnum }),
    detail: t.exposeString('detail'),
    remedy: t.exposeString('remedy', { nullable: true }),
    statements: t.expose('statements', {
      type: ['String'],
      description: 'Statements that mend it, ready to run.',
    }),
  }),
})

export const VerifyReportRef = builder.objectRef<VerifyReport>('VerifyReport').implement({
  description: 'The precheck: what stands in the way of a migration, and how to mend it.',
  fields: (t) => ({
    outcome: t.expose('outcome', { type: CheckOutcomeEnum, description: 'The worst of the checks.' }),
    checks: t.field({
      type: [CheckRef],
      args: { outcome: t.arg({ type: CheckOutcomeEnum, description: 'Only those with this outcome.' }) },
      resolve: ({ checks }, { outcome }) =>
        outcome == null ? checks : checks.filter((check) => check.outcome === outcome),
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime' }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime' }),
  }),
})
