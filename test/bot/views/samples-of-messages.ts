import type { Alarm, Lag, Progress, VerifyReport } from '../../../bot/views/index.ts'
import { ago, lagSamples, migration, stepsAt, token } from './samples.ts'

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
