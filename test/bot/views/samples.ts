import type { MigrationCard } from '../../../bot/views/index.ts'

/** When everything in the samples is looked at. */
export const now = new Date('2026-11-20T16:24:00.000Z')

/** A moment so many seconds before `now`. */
export function ago(seconds: number): string {
  return new Date(now.getTime() - seconds * 1000).toISOString()
}

export function ahead(seconds: number): string {
  return ago(-seconds)
}

const ends = { source: { name: 'shop-old' }, target: { name: 'shop-new' } }
export const migration = { shortId: 'm-7f3k', name: 'Shop to the new cluster', version: 9, ...ends }
export const token = { kind: 'TOKEN', name: 'slack', onBehalfOf: 'alice@example.com' } as const

const stepNames = [
  'PREPARE',
  'STRUCTURE',
  'FULL_COPY',
  'INDEXES_AND_CONSTRAINTS',
  'INCREMENTAL',
  'FENCE',
  'DRAIN',
  'ALIGN',
  'COMPARE',
  'RELEASE',
] as const

/** All before `running` done, it at work, the rest to come. */
export function stepsAt(running: (typeof stepNames)[number] | 'none' | 'all'): MigrationCard['steps'] {
  const at = running === 'all' ? stepNames.length : stepNames.findIndex((name) => name === running)
  return stepNames.map((name, index) => ({
    name,
    status: index < at ? 'DONE' : index === at ? 'RUNNING' : 'PENDING',
    startedAt: index <= at ? ago(300) : null,
    finishedAt: index < at ? ago(240) : null,
  }))
}

/** Lag that rises to a peak and comes down again. */
export function lagSamples(count: number): MigrationCard['recentLag'] {
  return Array.from({ length: count }, (_, index) => {
    const seconds = Math.round(20 * Math.sin((Math.PI * (index + 1)) / (count + 1)) * 10) / 10
    return { at: ago(count - index), seconds, bytes: `${Math.round(seconds * 1_500_000)}` }
  })
}

const draft: MigrationCard = {
  shortId: 'm-7f3k',
  name: 'Shop to the new cluster',
  status: 'DRAFT',
  version: 3,
  availableActions: ['VERIFY', 'EDIT', 'CANCEL'],
  source: { name: 'shop-old' },
  target: { name: 'shop-new' },
  selection: { renames: [] },
  kind: { fullCopy: true, incremental: true },
  steps: stepsAt('none'),
  progress: {
    copiedBytes: '0',
    copiedRows: '0',
    copiedTables: 0,
    estimatedRows: '0',
    sizeBytes: '0',
    tables: 0,
  },
  lag: null,
  recentLag: [],
  problem: null,
  nextAttemptAt: null,
  schedule: null,
  queue: null,
  verifyReport: null,
  cutoverPlan: null,
  cutoverWindow: null,
  fence: null,
  openAlarms: { nodes: [] },
  alarmMutes: [],
  finishedAt: null,
  report: null,
}

const passed = Array.from({ length: 26 }, () => ({ outcome: 'PASSED' }) as const)
const copied = {
  copiedBytes: '3100000000',
  copiedRows: '12400000',
  copiedTables: 48,
  estimatedRows: '12300000',
  sizeBytes: '2900000000',
  tables: 48,
}

const verified = {
  ...draft,
  version: 5,
  verifyReport: { checks: [...passed, { outcome: 'WARNING' } as const] },
}

const following: MigrationCard = {
  ...verified,
  status: 'RUNNING',
  version: 9,
  availableActions: ['PAUSE', 'COMPLETE', 'CANCEL'],
  steps: stepsAt('INCREMENTAL'),
  progress: copied,
  lag: { bytes: '18432', seconds: 0.4, retainedBytes: '167772160', appliedChanges: '482113' },
  recentLag: lagSamples(60),
}

const plan: NonNullable<MigrationCard['cutoverPlan']> = {
  status: 'PENDING',
  digest: '3b5d5c3712955042212316173ccf37be800a1e2a1e5d1d6d7a3c9c2f3f0b8f11',
  expiresAt: ahead(1500),
  predictedPause: 'PT2.3S',
  missingApprovals: [{ missing: 2 }],
  options: { fencing: 'READ_ONLY' },
}

/** More than are shown. */
export const renames: MigrationCard['selection']['renames'] = [
  { schema: 'public', table: null, toSchema: 'crm', toTable: null },
  { schema: 'public', table: 'orders', toSchema: 'crm', toTable: 'sales' },
  { schema: 'Shop 2', table: 'order_items', toSchema: null, toTable: 'items' },
  { schema: 'audit', table: 'log', toSchema: 'history', toTable: null },
  { schema: 'audit', table: 'old', toSchema: null, toTable: 'older' },
]

/** A card for every status, and for every way in which one can look. */
export const cards: Readonly<Record<string, MigrationCard>> = {
  draft,
  verifying: { ...draft, status: 'VERIFYING', availableActions: ['CANCEL'] },
  'verify-failed': {
    ...draft,
    status: 'VERIFY_FAILED',
    verifyReport: {
      checks: [...passed, { outcome: 'FAILED' }, { outcome: 'FAILED' }, { outcome: 'WARNING' }],
    },
  },
  ready: {
    ...draft,
    status: 'READY',
    availableActions: ['VERIFY', 'SCHEDULE', 'EDIT', 'START', 'CANCEL'],
    verifyReport: { checks: passed },
  },
  'ready-with-other-names': {
    ...verified,
    status: 'READY',
    availableActions: ['VERIFY', 'SCHEDULE', 'EDIT', 'START', 'CANCEL'],
    selection: { renames },
  },
  'ready-with-warnings': {
    ...verified,
    status: 'READY',
    availableActions: ['VERIFY', 'SCHEDULE', 'EDIT', 'START', 'CANCEL'],
  },
  scheduled: {
    ...verified,
    status: 'SCHEDULED',
    availableActions: ['SCHEDULE', 'UNSCHEDULE', 'EDIT', 'START', 'CANCEL'],
    schedule: { startAt: ahead(36_000) },
  },
  queued: {
    ...verified,
    status: 'QUEUED',
    availableActions: ['PAUSE', 'CANCEL'],
    queue: { position: 2, reason: 'Another migration to the same target is at work.' },
  },
  preparing: {
    ...verified,
    status: 'RUNNING',
    availableActions: ['PAUSE', 'CANCEL'],
    steps: stepsAt('PREPARE'),
  },
  copying: {
    ...verified,
    status: 'RUNNING',
    availableActions: ['PAUSE', 'CANCEL'],
    steps: stepsAt('FULL_COPY'),
    progress: {
      copiedBytes: '1300000000',
      copiedRows: '5166000',
      copiedTables: 21,
      estimatedRows: '12300000',
      sizeBytes: '2900000000',
      tables: 48,
    },
  },
  'catching-up': {
    ...following,
    availableActions: ['PAUSE', 'COMPLETE', 'CANCEL'],
    lag: { bytes: '64000000', seconds: 42, retainedBytes: '167772160', appliedChanges: '482113' },
    recentLag: [
      { at: ago(60), seconds: 80, bytes: '128000000' },
      { at: ago(30), seconds: 61, bytes: '96000000' },
      { at: ago(0), seconds: 42, bytes: '64000000' },
    ],
  },
  following,
  'following-with-alarm': {
    ...following,
    openAlarms: {
      nodes: [
        {
          message: 'The replication slot holds back 12.4 GB of WAL on the source.',
          severity: 'WARNING',
          state: 'ACKNOWLEDGED',
        },
        {
          message: 'The source can write 900 MB of WAL before it removes what the replication slot needs.',
          severity: 'CRITICAL',
          state: 'FIRING',
        },
      ],
    },
    alarmMutes: [{ until: ahead(1800) }],
  },
  'trying-again': {
    ...following,
    nextAttemptAt: ahead(8),
    problem: {
      code: 'CONNECTION_LOST',
      message: 'The target closed the connection: terminating connection due to administrator command',
      remedy: 'Godwit reconnects by itself; check the server if this persists.',
    },
  },
  'cutover-planned': { ...following, cutoverPlan: plan },
  'cutover-approved': {
    ...following,
    cutoverPlan: { ...plan, status: 'APPROVED', missingApprovals: [] },
    cutoverWindow: { isOpen: true, closesAt: ahead(7200), nextOpensAt: ahead(90_000), automatic: false },
  },
  'cutover-without-fence': {
    ...following,
    cutoverPlan: { ...plan, status: 'APPROVED', missingApprovals: [], options: { fencing: 'NONE' } },
    cutoverWindow: { isOpen: false, closesAt: null, nextOpensAt: ahead(90_000), automatic: true },
  },
  completing: {
    ...following,
    status: 'COMPLETING',
    availableActions: ['CANCEL'],
    steps: stepsAt('DRAIN'),
    fence: { givenUp: false, mode: 'READ_ONLY' },
  },
  releasing: {
    ...following,
    status: 'COMPLETING',
    availableActions: [],
    steps: stepsAt('RELEASE'),
    fence: { givenUp: false, mode: 'READ_ONLY' },
  },
  'fence-not-lifted': {
    ...following,
    fence: { givenUp: true, mode: 'READ_ONLY' },
    problem: {
      code: 'PAUSE_TOO_LONG',
      message: 'Writers had waited for 5 minutes, so the cutover was given up.',
      remedy:
        'Plan the cutover with a longer maxPause, without the comparison, or when there is less to apply.',
    },
  },
  completed: {
    ...following,
    status: 'COMPLETED',
    availableActions: [],
    steps: stepsAt('all'),
    finishedAt: ago(60),
    fence: { givenUp: false, mode: 'READ_ONLY' },
    report: {
      pause: 'PT1.84S',
      predictedPause: 'PT2.3S',
      rows: '12400000',
      bytes: '3100000000',
      appliedChanges: '482113',
    },
  },
  failed: {
    ...following,
    status: 'FAILED',
    availableActions: ['RETRY', 'CANCEL'],
    steps: stepsAt('INCREMENTAL').map((step) =>
      step.name === 'INCREMENTAL' ? { ...step, status: 'FAILED' } : step,
    ),
    problem: {
      code: 'TARGET_DIVERGED',
      message: 'public.order_items: an UPDATE found no row with id = 4711 on the target.',
      remedy: 'Something else changed the target. Compare the row with the source, mend it, then retry.',
    },
  },
  paused: { ...following, status: 'PAUSED', availableActions: ['RESUME', 'CANCEL'] },
  cancelling: { ...following, status: 'CANCELLING', availableActions: [] },
  cancelled: { ...following, status: 'CANCELLED', availableActions: [], finishedAt: ago(3600) },
}
