import type { ControlStores, Migration, StepState } from '../../../engine/index.ts'

const stepsOfSnapshot = new WeakMap<Migration, Promise<readonly StepState[]>>()

/** The steps of a migration, read once for each time that the migration itself was read. */
export function readSteps(
  migration: Migration,
  { migrations }: ControlStores,
): Promise<readonly StepState[]> {
  const known = stepsOfSnapshot.get(migration)
  if (known !== undefined) return known
  const steps = migrations.steps(migration.id)
  stepsOfSnapshot.set(migration, steps)
  return steps
}
