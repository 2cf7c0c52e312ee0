/** What an alarm is about. The codes are part of the GraphQL contract; add some freely, never rename one. */
interface KindEntry {
  /** For people who choose what to be told of. */
  readonly description: string
  readonly severity: AlarmSeverity
  /** Changes may be missing or wrong on the target, or writers shut out: never muted, never switched off. */
  readonly mutable: boolean
  /**
   * `samples`: of the lag samples, so only while incremental runs; what is of the slot, also while nobody takes changes
   * from it. `state`: of what the control database has of the migration, at any time.
   */
  readonly source: 'samples' | 'state'
  /** Of value, raise and clear. `NONE`: the value is 1 while it is so, and 0 while it is not. */
  readonly unit: AlarmUnit
  /** `above`: raised by a value of `raise` or more. `below`: by one of `raise` or less. */
  readonly direction: 'above' | 'below'
  readonly raise: number
  /** The mark that ends it. Apart from `raise`, so that a value around one mark does not come and go. */
  readonly clear: number
  /** In a row, to raise it. */
  readonly samples: number
  /** In a row, to end it. */
  readonly clearSamples: number
  /** Comes and goes by itself, not by what people do: see `evaluateAlarm`. */
  readonly flaps: boolean
}

export const alarmSeverities = ['WARNING', 'CRITICAL'] as const

export type AlarmSeverity = (typeof alarmSeverities)[number]

export const alarmUnits = ['SECONDS', 'BYTES', 'COUNT', 'NONE'] as const

export type AlarmUnit = (typeof alarmUnits)[number]

const mebibyte = 1024 ** 2
const gibibyte = 1024 ** 3

/** Of a number in the lag samples. */
const measured = {
  severity: 'WARNING',
  mutable: true,
  source: 'samples',
  direction: 'above',
  samples: 3,
  clearSamples: 3,
  flaps: true,
} as const

/** Of something that is so or is not, and does not change by itself. */
const fact = {
  severity: 'CRITICAL',
  mutable: true,
  source: 'state',
  unit: 'NONE',
  direction: 'above',
  raise: 1,
  clear: 0,
  samples: 1,
  clearSamples: 1,
  flaps: false,
} as const

const catalog = {
  LAG_SECONDS: {
    ...measured,
    description: 'The oldest transaction that is not applied has waited for long.',
    unit: 'SECONDS',
    raise: 60,
    clear: 30,
  },
  LAG_BYTES: {
    ...measured,
    description: 'Much WAL is written on the source that is not applied.',
    unit: 'BYTES',
    raise: gibibyte,
    clear: 512 * mebibyte,
  },
  APPLY_STALLED: {
    ...measured,
    description: 'Nothing is applied, not even a part of a transaction, though there is something to apply.',
    severity: 'CRITICAL',
    unit: 'SECONDS',
    raise: 60,
    clear: 10,
  },
  WAL_RETAINED: {
    ...measured,
    description: 'The replication slot holds back much WAL on the source, whose disk it fills.',
    unit: 'BYTES',
    raise: 10 * gibibyte,
    clear: 8 * gibibyte,
  },
  SLOT_AT_RISK: {
    ...measured,
    description:
      'The source is about to remove WAL that the replication slot needs, or has: little can still be written before' +
      ' it does. Then changes are missing.',
    severity: 'CRITICAL',
    mutable: false,
    unit: 'BYTES',
    direction: 'below',
    raise: gibibyte,
    clear: 2 * gibibyte,
    samples: 1,
  },
  LONG_TRANSACTION: {
    ...measured,
    description: 'A transaction on the source has been open for long: the slot holds back the WAL since.',
    unit: 'SECONDS',
    raise: 30 * 60,
    clear: 15 * 60,
  },
  TARGET_ERRORS: {
    ...fact,
    description: 'Several attempts in a row have failed, and are tried again.',
    severity: 'WARNING',
    unit: 'COUNT',
    raise: 3,
    flaps: true,
  },
  VERIFY_FAILED_BEFORE_START: {
    ...fact,
    description: 'A scheduled start was not made, because verify did not pass just before.',
  },
  SCHEDULE_MISSED: {
    ...fact,
    description: 'A scheduled start was not made, because no worker was there at its time.',
    severity: 'WARNING',
  },
  APPROVAL_EXPIRING: {
    ...fact,
    description: 'A cutover plan that waits for approval, or is approved and not executed, expires soon.',
    severity: 'WARNING',
    unit: 'SECONDS',
    direction: 'below',
    raise: 10 * 60,
    clear: 20 * 60,
  },
  MIGRATION_FAILED: { ...fact, description: 'The migration has failed, and waits for a person.' },
  COMPARISON_DIFFERENT: {
    ...fact,
    description: 'The comparison found that the target differs from the source.',
    mutable: false,
  },
  TARGET_DIVERGED: {
    ...fact,
    description: 'A change did not find the row on the target as it should be.',
    mutable: false,
  },
  SOURCE_FENCED: {
    ...fact,
    description:
      'The source is fenced, though nothing completes any more, or no worker does: nobody can write to it, and the fence' +
      ' has not been lifted.',
    mutable: false,
  },
  WORKER_LOST: {
    ...fact,
    description: 'The lease of the worker has run out, and no other has taken over.',
    unit: 'SECONDS',
    raise: 30,
    flaps: true,
  },
} as const satisfies Record<string, KindEntry>

export type AlarmKind = keyof typeof catalog

/** Every kind with its defaults. */
export const alarmCatalog: Readonly<Record<AlarmKind, KindEntry>> = catalog

/** All kinds, for contracts that list them. */
export const alarmKinds = Object.keys(catalog).filter((key): key is AlarmKind => key in catalog)

/** An alarm that nobody acknowledges is announced once more after this, unless the migration says otherwise. */
export const defaultEscalateAfterMs = 15 * 60_000

/** An alarm that comes back within this after it ended is the same episode. */
export const comebackMs = 5 * 60_000
