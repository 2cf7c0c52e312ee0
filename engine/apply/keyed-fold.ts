import { fillUnchanged, identityOf, type RowChange, type Tuple } from '../replication/index.ts'
import type { Fold } from './fold.ts'
import { leavesOut, newRow, oldRow, presentColumns } from './rows.ts'
import {
  deleteStatement,
  insertStatement,
  moveStatement,
  type Statement,
  updateStatement,
} from './statement.ts'
import type { KeyColumn, TargetTable } from './target-table.ts'

/** What becomes of the row with one key. Either part may be missing, but not both. */
interface Fate {
  /** Holds the key of a row that was there before and has to go first. */
  deleted: Tuple | null
  /** What is written: a whole row if it is inserted, else what changes of the one that is there. */
  written: Tuple | null
  inserted: boolean
}

/**
 * Folds the changes of each key into at most a delete and one insert or update. Deletes go out first, then updates,
 * then inserts, so that none of them meets a row that was on its way out. A change of the key is a delete and an
 * insert. What cannot be told by that order begins a new round.
 *
 * Keys count as the same when they print the same. Keys that the database takes for equal but that print otherwise,
 * such as 1.0 and 1.00, are never there at the same time, and the order of the statements serves them too.
 */
export class KeyedFold implements Fold {
  readonly #table: TargetTable
  readonly #key: readonly KeyColumn[]
  readonly #keyPositions: readonly number[]
  /** Every change is a round of its own. */
  readonly #inOrder: boolean
  readonly #statements: Statement[] = []
  #fates = new Map<string, Fate>()
  /** As long as rows only come, none of them can meet another. */
  #onlyInserted: Tuple[] = []

  constructor(table: TargetTable, key: readonly KeyColumn[], inOrder: boolean) {
    this.#table = table
    this.#key = key
    this.#keyPositions = key.map(({ column }) => column.position)
    this.#inOrder = inOrder
  }

  add(change: RowChange): void {
    if (change.kind === 'insert') this.#insert(newRow(change))
    else {
      this.#recallInserted()
      if (change.kind === 'delete') this.#delete(oldRow(change))
      else this.#update(change.old, newRow(change))
    }
    if (this.#inOrder) this.#endRound()
  }

  finish(): readonly Statement[] {
    this.#endRound()
    return this.#statements
  }

  #insert(row: Tuple): void {
    if (this.#fates.size === 0) this.#onlyInserted.push(row)
    else this.#insertKnown(row)
  }

  /** From here on it matters which keys were inserted. */
  #recallInserted(): void {
    const inserted = this.#onlyInserted
    this.#onlyInserted = []
    for (const row of inserted) this.#insertKnown(row)
  }

  #insertKnown(row: Tuple): void {
    const id = this.#identity(row)
    const fate = this.#fates.get(id)
    if (fate === undefined || fate.written !== null) {
      if (fate !== undefined) this.#endRound()
      this.#fates.set(id, { deleted: null, written: row, inserted: true })
    } else {
      fate.written = row
      fate.inserted = true
    }
  }

  #delete(old: Tuple): void {
    const id = this.#identity(old)
    const fate = this.#fates.get(id)
    if (fate === undefined || fate.written === null) {
      if (fate !== undefined) this.#endRound()
      this.#fates.set(id, { deleted: old, written: null, inserted: false })
    } else if (!fate.inserted) {
      fate.deleted = old
      fate.written = null
    } else if (fate.deleted !== null) fate.written = null
    else this.#fates.delete(id)
  }

  #update(old: Tuple | null, changed: Tuple): void {
    // A key can be TOAST too: then the old one tells it.
    const row = old === null ? changed : fillUnchanged(changed, old, this.#keyPositions)
    const id = this.#identity(row)
    const before = old === null ? id : this.#identity(old)
    if (before !== id) this.#changeKey(old ?? row, row)
    else if (this.#inOrder && this.#mayBeRefused()) this.#move(row, row)
    else this.#updateInPlace(id, row)
  }

  #updateInPlace(id: string, row: Tuple): void {
    const fate = this.#fates.get(id)
    if (fate === undefined || fate.written === null) {
      if (fate !== undefined) this.#endRound()
      this.#fates.set(id, { deleted: null, written: row, inserted: false })
    } else {
      fate.written = fillUnchanged(row, fate.written)
    }
  }

  #changeKey(old: Tuple, row: Tuple): void {
    const fate = this.#fates.get(this.#identity(old))
    const whole = fate?.written == null ? row : fillUnchanged(row, fate.written)
    if (leavesOut(this.#table, whole)) this.#move(old, row)
    else {
      this.#delete(old)
      this.#insertKnown(whole)
    }
  }

  /** An identity column that no UPDATE may set: only replacing the row can change it. */
  #mayBeRefused(): boolean {
    return this.#table.columns.some(
      (column) => column.identityAlways && !this.#keyPositions.includes(column.position),
    )
  }

  #move(old: Tuple, row: Tuple): void {
    this.#endRound()
    const present = presentColumns(this.#table, row)
    this.#statements.push(moveStatement(this.#table, this.#key, { key: old, row }, present))
  }

  #endRound(): void {
    const deleted: Tuple[] = []
    const inserted = this.#onlyInserted
    const updated = new Map<string, Tuple[]>()
    for (const fate of this.#fates.values()) {
      if (fate.deleted !== null) deleted.push(fate.deleted)
      if (fate.written === null) continue
      if (fate.inserted) inserted.push(fate.written)
      else this.#group(updated, fate.written)
    }
    this.#fates = new Map()
    this.#onlyInserted = []
    if (deleted.length > 0) this.#statements.push(deleteStatement(this.#table, this.#key, deleted))
    for (const rows of updated.values()) this.#statements.push(this.#updateOf(rows))
    if (inserted.length > 0) this.#statements.push(insertStatement(this.#table, inserted))
  }

  /** Rows that leave out the same columns go together. */
  #group(groups: Map<string, Tuple[]>, row: Tuple): void {
    const shape = row.hasUnchanged
      ? presentColumns(this.#table, row)
          .map(({ position }) => position)
          .join()
      : ''
    const rows = groups.get(shape)
    if (rows === undefined) groups.set(shape, [row])
    else rows.push(row)
  }

  #updateOf(rows: readonly Tuple[]): Statement {
    const [first] = rows
    const present = first === undefined ? this.#table.columns : presentColumns(this.#table, first)
    return updateStatement(this.#table, this.#key, rows, present)
  }

  #identity(tuple: Tuple): string {
    return identityOf(tuple, this.#keyPositions)
  }
}
