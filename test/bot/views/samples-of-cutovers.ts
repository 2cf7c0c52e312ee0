import type { Completion, Cutover, Reported } from '../../../bot/views/index.ts'
import { ago, ahead, migration, renames, token } from './samples.ts'

type Plan = NonNullable<Cutover['cutoverPlan']>

const plan: Plan = {
  digest: '3b5d5c3712955042212316173ccf37be800a1e2a1e5d1d6d7a3c9c2f3f0b8f11',
  status: 'PENDING',
  createdAt: ago(120),
  expiresAt: ahead(1680),
  executedBy: null,
  executedAt: null,
  voidReason: null,
  predictedPause: 'PT2.3S',
  predictedParts: { fence: 'PT0.2S', drain: 'PT0.6S', align: 'PT0.3S', compare: 'PT1.2S' },
  measured: {
    lagBytes: '18432',
    lagSeconds: 0.4,
    tables: 48,
    warnings: [
      {
        message: 'A transaction has been open on the source for 320 s.',
        remedy: 'Wait for it, or end it: the fence ends it otherwise.',
      },
    ],
  },
  options: { compare: true, fencing: 'READ_ONLY', maxPause: 'PT300S' },
  requestedBy: token,
  requirement: [{ rule: 'Database owners', required: 2 }],
  missingApprovals: [
    {
      rule: 'Database owners',
      missing: 2,
      people: ['bob@example.com', 'carol@example.com', 'slack:T012AB3CD/U045EF6GH'],
    },
  ],
  decisions: [],
  breakGlass: null,
}

const approval = { at: ago(60), decision: 'APPROVE', person: 'bob@example.com', reason: null } as const
const approved: Plan = {
  ...plan,
  status: 'APPROVED',
  missingApprovals: [],
  decisions: [approval, { ...approval, at: ago(20), person: 'carol@example.com' }],
}

const cutover = (cutoverPlan: Cutover['cutoverPlan']): Cutover => ({
  ...migration,
  availableActions: ['PAUSE', 'COMPLETE', 'CANCEL'],
  selection: { renames: [] },
  cutoverWindow: null,
  cutoverPlan,
})

export const cutovers: Readonly<Record<string, Cutover>> = {
  pending: cutover(plan),
  'half-approved': cutover({
    ...plan,
    missingApprovals: [{ rule: 'Database owners', missing: 1, people: ['carol@example.com'] }],
    decisions: [approval],
  }),
  approved: cutover(approved),
  'approved-without-rule': cutover({ ...approved, requirement: [], decisions: [] }),
  'approved-before-its-window': {
    ...cutover(approved),
    cutoverWindow: { isOpen: false, nextOpensAt: ahead(36_000) },
  },
  rejected: cutover({
    ...plan,
    status: 'REJECTED',
    decisions: [{ ...approval, decision: 'REJECT', reason: 'Not before the sale is over.' }],
  }),
  expired: cutover({ ...plan, status: 'EXPIRED', expiresAt: ago(10) }),
  void: cutover({
    ...approved,
    status: 'VOID',
    voidReason: 'The lag has grown from 0.4 s to 48 s since the plan was made.',
  }),
  executing: {
    ...cutover({ ...approved, status: 'EXECUTING', executedBy: 'alice@example.com' }),
    availableActions: ['CANCEL'],
  },
  executed: {
    ...cutover({
      ...plan,
      status: 'EXECUTED',
      missingApprovals: [],
      executedBy: 'dave@example.com',
      executedAt: ago(10),
      breakGlass: { at: ago(20), person: 'dave@example.com', reason: 'The old server is on fire.' },
    }),
    availableActions: [],
  },
  'with-other-names': { ...cutover(plan), selection: { renames } },
  none: cutover(null),
}

const completed: Completion = {
  ...migration,
  finishedAt: ago(5),
  selection: { renames: [] },
  verifyReport: { checks: [{ check: 'wal-retention', title: 'WAL kept by the source' }] },
  cutoverPlan: {
    status: 'EXECUTED',
    decisions: [...approved.decisions],
    breakGlass: null,
    executedBy: 'alice@example.com',
    executedAt: ago(15),
  },
  report: {
    pause: 'PT1.84S',
    predictedPause: 'PT2.3S',
    compareDuration: 'PT1.1S',
    rows: '12400000',
    bytes: '3100000000',
    fullCopy: 'PT192S',
    appliedChanges: '482113',
    alignedSequences: 31,
    comparison: Array.from({ length: 48 }, () => ({ isEqual: true })),
    requestedBy: 'alice@example.com',
    acceptedWarnings: ['wal-retention'],
    cleanUp: [
      {
        side: 'SOURCE',
        what: 'The source stays fenced, so that nobody writes to it by mistake. To let it be written to again:',
        statements: ['ALTER DATABASE "shop" RESET default_transaction_read_only;'],
      },
      {
        side: 'TARGET',
        what: 'The account godwit, if it was made for the migration:',
        statements: ['REVOKE ALL ON DATABASE "shop" FROM "godwit";', 'DROP ROLE "godwit";'],
      },
    ],
  },
}

export const completions: Readonly<Record<string, Completion>> = {
  completed,
  'copied-only': {
    ...completed,
    target: null,
    cutoverPlan: null,
    report: completed.report && {
      ...completed.report,
      predictedPause: null,
      compareDuration: null,
      comparison: [],
      requestedBy: null,
      acceptedWarnings: [],
      cleanUp: [],
    },
  },
  'with-broken-glass': {
    ...completed,
    selection: { renames: renames.slice(0, 2) },
    report: completed.report && {
      ...completed.report,
      comparison: [{ isEqual: true }, { isEqual: false }],
    },
    cutoverPlan: {
      status: 'EXECUTED',
      decisions: [],
      breakGlass: { at: ago(15), person: 'dave@example.com', reason: 'The old server is on fire.' },
      executedBy: 'dave@example.com',
      executedAt: ago(15),
    },
  },
}

/** What the report has beyond that. */
export const reports: Readonly<Record<string, Reported>> = Object.fromEntries(
  Object.entries(completions).map(([name, completion]) => [
    name,
    {
      ...completion,
      report: completion.report && {
        ...completion.report,
        drainedTo: '0/16B3748',
        appliedTransactions: '81234',
        refreshedViews: 1,
        steps: [
          { name: 'FULL_COPY' as const, duration: 'PT612S' },
          { name: 'RELEASE' as const, duration: 'PT0.2S' },
        ],
        compared: completion.report.comparison.map(({ isEqual }, index) => ({
          isEqual,
          schema: 'public',
          table: `orders_${index}`,
          sourceRows: '1200000',
          targetRows: isEqual ? '1200000' : '1199999',
        })),
      },
    },
  ]),
)
