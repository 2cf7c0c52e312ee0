/** The steps of a migration, in their order. The first five run in RUNNING, the rest in COMPLETING. */
export const steps = [
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

export type Step = (typeof steps)[number]

export const stepStatuses = ['PENDING', 'RUNNING', 'DONE', 'SKIPPED', 'FAILED'] as const

export type StepStatus = (typeof stepStatuses)[number]

/** What a migration moves; any combination but none. */
export interface Kind {
  /** Schemas, types, tables, indexes, constraints, functions, … */
  readonly structure: boolean
  /** The rows as of one snapshot. */
  readonly fullCopy: boolean
  /** Every change after the snapshot (without full copy: after the start). */
  readonly incremental: boolean
}

const neededBy: Record<Step, (kind: Kind) => boolean> = {
  PREPARE: (kind) => kind.fullCopy || kind.incremental,
  STRUCTURE: (kind) => kind.structure,
  FULL_COPY: (kind) => kind.fullCopy,
  INDEXES_AND_CONSTRAINTS: (kind) => kind.structure,
  INCREMENTAL: (kind) => kind.incremental,
  FENCE: (kind) => kind.incremental,
  DRAIN: (kind) => kind.incremental,
  ALIGN: () => true,
  COMPARE: (kind) => kind.fullCopy,
  RELEASE: () => true,
}

/** Whether a migration of this kind goes through the step; one that it does not is SKIPPED from the start. */
export function isNeeded(step: Step, kind: Kind): boolean {
  return neededBy[step](kind)
}
