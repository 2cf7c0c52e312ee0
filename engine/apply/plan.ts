import type { Change, Relation, RowChange, Truncation } from '../replication/index.ts'
import type { Fold } from './fold.ts'
import { KeyedFold } from './keyed-fold.ts'
import { KeylessFold } from './keyless-fold.ts'
import { type Statement, truncateStatement } from './statement.ts'
import type { TargetTable } from './target-table.ts'

export interface PlanContext {
  /** @throws GodwitError SCHEMA_CHANGED when the target has no such table */
  readonly tableOf: (relation: Relation) => TargetTable
  /** Whether every change of the table is made on its own, in order. */
  readonly isInOrder: (table: TargetTable) => boolean
}

/**
 * Makes statements of changes. Tables do not depend on one another, as foreign keys and triggers do not act here; so
 * each table's changes are folded by themselves, and only a TRUNCATE, which may be of several tables, divides.
 * @throws GodwitError SCHEMA_CHANGED
 */
export function planChanges(changes: readonly Change[], context: PlanContext): readonly Statement[] {
  const statements: Statement[] = []
  let folds = new Map<Relation, Fold>()
  const finish = () => {
    for (const fold of folds.values()) statements.push(...fold.finish())
    folds = new Map()
  }
  for (const change of changes) {
    if (change.kind === 'truncate') {
      finish()
      statements.push(...planTruncation(change, context))
    } else addTo(folds, change, context)
  }
  finish()
  return statements
}

function addTo(folds: Map<Relation, Fold>, change: RowChange, context: PlanContext): void {
  let fold = folds.get(change.relation)
  if (fold === undefined) {
    fold = makeFold(context.tableOf(change.relation), context)
    folds.set(change.relation, fold)
  }
  fold.add(change)
}

function makeFold(table: TargetTable, { isInOrder }: PlanContext): Fold {
  const inOrder = isInOrder(table)
  return table.key === null ? new KeylessFold(table, inOrder) : new KeyedFold(table, table.key, inOrder)
}

function planTruncation(truncation: Truncation, context: PlanContext): Statement[] {
  const [first, ...rest] = truncation.relations.map(context.tableOf)
  return first === undefined ? [] : [truncateStatement([first, ...rest], truncation)]
}
