import type {
  Alarm,
  Completion,
  Cutover,
  EndpointLine,
  Lag,
  MigrationLine,
  Progress,
  ThreadEvent,
  VerifyReport,
  Reported,
  WaitingMigration,
} from '../../../bot/views/index.ts'
import type { ToldEvent } from '../../../bot/notify/events.ts'
import { ago, ahead, cards, lagSamples, renames, stepsAt } from './samples.ts'

const ends = { source: { name: 'shop-old' }, target: { name: 'shop-new' } }
const migration = { shortId: 'm-7f3k', name: 'Shop to the new cluster', version: 9, ...ends }
const token = { kind: 'TOKEN', name: 'slack', onBehalfOf: 'alice@example.com' } as const

const firing: Alarm = {
  id: 'QWxhcm06MDE5YQ==',
  severity: 'WARNING',
  state: 'FIRING',
  message: 'The target is 74 s behind the source.',
  unit: 'SECONDS',
  value: 74,
  peak: 91.4,
  threshold: 60,
  openedAt: ago(185),
  escalatedAt: null,
  resolvedAt: null,
  resolution: null,
  reopenings: 0,
  isMutable: true,
  acknowledgement: null,
  migration,
}

const acknowledgement = { at: ago(60), by: token, note: 'A batch job; it ends at five.' }

export const alarms: Readonly<Record<string, Alarm>> = {
  firing,
  critical: {
    ...firing,
    severity: 'CRITICAL',
    message: 'The source can write 900 MB of WAL before it removes what the replication slot needs.',
    unit: 'BYTES',
    value: 900_000_000,
    peak: 850_000_000,
    threshold: 1_000_000_000,
    isMutable: false,
    reopenings: 2,
  },
  escalated: { ...firing, openedAt: ago(1100), escalatedAt: ago(200) },
  acknowledged: { ...firing, state: 'ACKNOWLEDGED', acknowledgement },
  resolved: {
    ...firing,
    state: 'RESOLVED',
    acknowledgement: { ...acknowledgement, note: null },
    resolvedAt: ago(5),
    resolution: 'The target has caught up.',
  },
  'without-numbers': {
    ...firing,
    message: 'The migration has failed: the target closed the connection.',
    unit: 'NONE',
    value: 1,
    peak: 1,
    threshold: 1,
    migration: null,
  },
}

type Check = NonNullable<VerifyReport['verifyReport']>['checks'][number]

const passed: Check = {
  outcome: 'PASSED',
  title: 'Encoding of source and target',
  detail: 'UTF8',
  remedy: null,
  statements: [],
}
const failed: Check = {
  outcome: 'FAILED',
  title: 'wal_level of the source',
  detail: 'It is replica; changes can only be followed with logical.',
  remedy: 'Set it, then restart the source.',
  statements: ["ALTER SYSTEM SET wal_level = 'logical';"],
}
const tablesWithoutKey: Check = {
  outcome: 'FAILED',
  title: 'Tables without a key',
  detail: 'UPDATE and DELETE cannot be followed in public.visits and public.audit_log.',
  remedy: 'Give them a primary key, or run these statements.',
  statements: [
    'ALTER TABLE "public"."visits" REPLICA IDENTITY FULL;',
    'ALTER TABLE "public"."audit_log" REPLICA IDENTITY FULL;',
  ],
}
const warning: Check = {
  outcome: 'WARNING',
  title: 'WAL kept by the source',
  detail: 'max_slot_wal_keep_size is 4 GB: the slot is lost when the target is behind by more.',
  remedy: 'Raise it if the source writes much.',
  statements: [],
}
const passedChecks = Array.from({ length: 25 }, () => passed)

const report = (checks: Check[], availableActions: VerifyReport['availableActions']): VerifyReport => ({
  ...migration,
  status: 'READY',
  availableActions,
  verifyReport: { finishedAt: ago(3), checks },
})

export const verifyReports: Readonly<Record<string, VerifyReport>> = {
  passed: report(passedChecks, ['VERIFY', 'SCHEDULE', 'EDIT', 'START', 'CANCEL']),
  warned: report([warning, ...passedChecks], ['VERIFY', 'SCHEDULE', 'EDIT', 'START', 'CANCEL']),
  failed: report([failed, tablesWithoutKey, warning, ...passedChecks], ['VERIFY', 'EDIT', 'CANCEL']),
  'failed-in-many-ways': report(
    [...Array.from({ length: 7 }, () => tablesWithoutKey), ...Array.from({ length: 9 }, () => warning)],
    ['VERIFY', 'EDIT', 'CANCEL'],
  ),
}

const details: Readonly<Record<string, string>> = {
  PREPARE: 'snapshot at 16/B374D848',
  STRUCTURE: '312 objects',
  INDEXES_AND_CONSTRAINTS: '88 of 120: INDEX visits_by_day',
}

const progress = (
  status: Progress['status'],
  steps: Progress['steps'][number]['name'] | 'all',
): Progress => ({
  ...migration,
  status,
  steps: stepsAt(steps).map((step) => ({
    ...step,
    detail: step.status === 'PENDING' ? null : (details[step.name] ?? null),
  })),
  progress: {
    copiedBytes: '1300000000',
    copiedRows: '5166000',
    copiedTables: 21,
    estimatedRows: '12300000',
    sizeBytes: '2900000000',
    tables: 48,
  },
})

export const progresses: Readonly<Record<string, Progress>> = {
  copying: progress('RUNNING', 'FULL_COPY'),
  indexing: progress('RUNNING', 'INDEXES_AND_CONSTRAINTS'),
  completed: progress('COMPLETED', 'all'),
}

const lag = (count: number): Lag => ({
  ...migration,
  lagSamples: lagSamples(count).map((sample) => ({ ...sample, retainedBytes: '167772160' })),
})

export const lags: Readonly<Record<string, Lag>> = {
  measured: lag(300),
  'measured-once': lag(1),
  unknown: lag(0),
}

type Plan = NonNullable<Cutover['cutoverPlan']>

const plan: Plan = {
  digest: '3b5d5c3712955042212316173ccf37be800a1e2a1e5d1d6d7a3c9c2f3f0b8f11',
  status: 'PENDING',
  createdAt: ago(120),
  expiresAt: ahead(1680),
  executedBy: null,
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
      breakGlass: { at: ago(20), person: 'dave@example.com', reason: 'The old server is on fire.' },
    }),
    availableActions: [],
  },
  'with-other-names': { ...cutover(plan), selection: { renames } },
  none: cutover(null),
}

const completed: Completion = {
  ...migration,
  finishedAt: ago(60),
  selection: { renames: [] },
  verifyReport: { checks: [{ check: 'wal-retention', title: 'WAL kept by the source' }] },
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
    decisions: [
      { decision: 'APPROVE', person: 'bob@example.com', reason: null },
      { decision: 'APPROVE', person: 'carol@example.com', reason: null },
    ],
    breakGlass: null,
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
    report: completed.report && {
      ...completed.report,
      predictedPause: null,
      compareDuration: null,
      comparison: [],
      requestedBy: null,
      decisions: [],
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
      decisions: [],
      breakGlass: { person: 'dave@example.com', reason: 'The old server is on fire.' },
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

const waitingPlan = {
  status: 'PENDING',
  mayApprove: true,
  predictedPause: 'PT2.1S',
  expiresAt: ahead(1500),
} as const
const { shortId, name, version } = migration
const waiting: WaitingMigration = {
  shortId,
  name,
  version,
  status: 'RUNNING',
  availableActions: ['PAUSE', 'COMPLETE', 'CANCEL'],
  problem: null,
  cutoverWindow: null,
  cutoverPlan: waitingPlan,
}

/** For a decision, for its completion, and for somebody who mends it. */
export const waitings: readonly WaitingMigration[] = [
  waiting,
  {
    ...waiting,
    shortId: 'm-2c8d',
    name: 'Billing to 18',
    cutoverPlan: { ...waitingPlan, status: 'APPROVED' },
  },
  {
    ...waiting,
    shortId: 'm-9x4p',
    name: 'Reports to the small cluster',
    status: 'FAILED',
    availableActions: ['RETRY', 'CANCEL'],
    problem: { message: 'public.order_items: an UPDATE found no row with id = 4711 on the target.' },
    cutoverPlan: null,
  },
]

export const migrationLines: readonly MigrationLine[] = [
  cards.copying,
  cards.following,
  cards.failed,
  cards.draft,
].map((card, index): MigrationLine => ({
  ...card!,
  shortId: `m-7f3${index}`,
  openAlarmLine: { nodes: index === 1 ? [{ severity: 'WARNING' }] : [] },
}))

export const endpointLines: readonly EndpointLine[] = [
  {
    id: 'RW5kcG9pbnQ6MQ==',
    name: 'shop-old',
    host: 'db1.example.com',
    port: 5432,
    database: 'shop',
    user: 'godwit',
    tlsMode: 'VERIFY_FULL',
    hasPassword: true,
  },
  {
    id: 'RW5kcG9pbnQ6Mg==',
    name: 'shop-new',
    host: 'db2.example.com',
    port: 5433,
    database: 'shop',
    user: 'godwit',
    tlsMode: 'PREFER',
    hasPassword: false,
  },
]

const byWorker = { actor: { kind: 'WORKER', name: 'worker-1', onBehalfOf: null } } as const
const stepDone = (step: string, detail: string) =>
  ({
    type: 'STEP_CHANGED',
    message: `${step}: DONE (${detail}).`,
    payload: { step, from: 'RUNNING', to: 'DONE', detail },
  }) as const

export const events: readonly ThreadEvent[] = [
  {
    at: ago(90),
    type: 'STATUS_CHANGED',
    message: 'START: READY to QUEUED, accepting the warnings wal-retention.',
    payload: { action: 'START', from: 'READY', to: 'QUEUED', acceptedWarnings: ['wal-retention'] },
    actor: token,
  },
  { ...byWorker, ...stepDone('PREPARE', 'snapshot at 16/B374D848'), at: ago(80) },
  { ...byWorker, ...stepDone('STRUCTURE', '312 objects'), at: ago(75) },
  { ...byWorker, ...stepDone('FULL_COPY', '12400000 rows in 1 tables'), at: ago(30) },
  {
    ...byWorker,
    at: ago(20),
    type: 'STATUS_CHANGED',
    message: 'FAIL: RUNNING to FAILED. An UPDATE found no row on the target.',
    payload: {
      report: 'FAIL',
      from: 'RUNNING',
      to: 'FAILED',
      problem: 'An UPDATE found no row on the target.',
    },
  },
  {
    at: ago(10),
    type: 'CUTOVER_PLANNED',
    message: 'The cutover is planned with fencing READ_ONLY; it needs no approval.',
    payload: {},
    actor: token,
  },
  {
    at: ago(10),
    type: 'PRIORITY_CHANGED',
    message: 'The priority is 10 now; it was 0.',
    payload: { priority: 10 },
    actor: token,
  },
]

/** Each has a message of its own. */
export const toldAlone: Readonly<Record<string, ToldEvent>> = Object.fromEntries(
  (
    [
      ['break-glass', 'BREAK_GLASS', 'alice@example.com broke the glass: the source is on fire.'],
      ['fenced', 'SOURCE_FENCED', 'The source is read-only.'],
      ['unfenced', 'SOURCE_UNFENCED', 'The source takes writes again.'],
      ['window-missed', 'CUTOVER_WINDOW_MISSED', 'The cutover window closed before a plan was approved.'],
    ] as const
  ).map(([name, type, message]) => [
    name,
    { cursor: '7', sequence: '7', type, message, payload: {}, at: ago(10), actor: token },
  ]),
)
