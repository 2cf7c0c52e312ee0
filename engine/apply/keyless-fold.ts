import { fillUnchanged, identityOf, type RowChange, type Tuple } from '../replication/index.ts'
import type { Fold } from './fold.ts'
import { newRow, oldRow } from './rows.ts'
import { deleteSameStatement, insertStatement, type Statement } from './statement.ts'
import type { TargetTable } from './target-table.ts'

interface Copies {
  readonly row: Tuple
  /** How many more there are in the end; negative: fewer. */
  count: number
}

/**
 * Folds the changes of a table without a key. Rows with the same content cannot be told apart, so all that matters
 * is how many more or fewer of each there are; an update is one fewer of the old and one more of the new.
 */
export class KeylessFold implements Fold {
  readonly #table: TargetTable
  readonly #positions: readonly number[]
  readonly #inOrder: boolean
  readonly #statements: Statement[] = []
  /** As long as rows only come, none of them has to be looked for. */
  #inserted: Tuple[] = []
  #copies: Map<string, Copies> | null = null

  constructor(table: TargetTable, inOrder: boolean) {
    this.#table = table
    this.#positions = table.columns.map(({ position }) => position)
    this.#inOrder = inOrder
  }

  add(change: RowChange): void {
    if (change.kind === 'insert') this.#insert(newRow(change))
    else {
      const old = oldRow(change)
      this.#count(old, -1)
      if (change.row !== null) this.#count(fillUnchanged(change.row, old), 1)
    }
    if (this.#inOrder) this.#endRound()
  }

  finish(): readonly Statement[] {
    this.#endRound()
    return this.#statements
  }

  #insert(row: Tuple): void {
    if (this.#copies === null) this.#inserted.push(row)
    else this.#count(row, 1)
  }

  #count(row: Tuple, difference: 1 | -1): void {
    if (this.#copies === null) {
      this.#copies = new Map()
      for (const inserted of this.#inserted) this.#count(inserted, 1)
      this.#inserted = []
    }
    const id = identityOf(row, this.#positions)
    const copies = this.#copies.get(id)
    if (copies === undefined) this.#copies.set(id, { row, count: difference })
    else copies.count += difference
  }

  #endRound(): void {
    const deleted: Tuple[] = []
    const inserted = this.#inserted
    for (const { row, count } of this.#copies?.values() ?? []) {
      for (let left = Math.abs(count); left > 0; left--) (count < 0 ? deleted : inserted).push(row)
    }
    this.#copies = null
    this.#inserted = []
    if (deleted.length > 0) this.#statements.push(deleteSameStatement(this.#table, deleted))
    if (inserted.length > 0) this.#statements.push(insertStatement(this.#table, inserted))
  }
}
