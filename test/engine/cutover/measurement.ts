import type { CutoverMeasurement } from '../../../engine/index.ts'

/** A source that has nothing to wait for. */
export const calm: CutoverMeasurement = {
  lagBytes: 0n,
  lagSeconds: 0,
  sequences: 3,
  materializedViews: 1,
  tables: 2,
  tableBytes: 1_000_000n,
  longestTransactionSeconds: 0,
  warnings: [],
}
