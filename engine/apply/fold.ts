import type { RowChange } from '../replication/index.ts'
import type { Statement } from './statement.ts'

/** Takes the changes of one table in their order and makes few statements of them. */
export interface Fold {
  add(change: RowChange): void
  /** Ends it. */
  finish(): readonly Statement[]
}
