import type { QueryResult } from 'pg'
import { advanceProgressParameters, advanceProgressSql, type Guard } from '../bookkeeping/index.ts'
import { type Session, toSessionError } from '../endpoint/index.ts'
import { GodwitError } from '../errors.ts'
import { type Change, formatLsn, type Lsn, type Relation } from '../replication/index.ts'
import { causeOf, isAboutRows, StatementFailure, toApplyError } from './apply-error.ts'
import type { Batch, TransactionPart } from './transaction-part.ts'
import { copyIn } from './copy-in.ts'
import { planChanges } from './plan.ts'
import type { Statement } from './statement.ts'
import type { TargetTable } from './target-table.ts'

export interface WriterOptions {
  /** Pipelined. */
  readonly session: Session
  readonly guard: Guard
  /** @throws GodwitError SCHEMA_CHANGED when the target has no such table */
  readonly tableOf: (relation: Relation) => TargetTable
  /** Constraint triggers act in the session, so constraints that may wait for the commit have to. */
  readonly defersConstraints: boolean
  /** Called whenever the target has run a statement. */
  readonly onAnswer: () => void
}

/** A batch and the statements that it became; null when one of its changes cannot become any. */
export interface PreparedBatch {
  readonly batch: Batch
  readonly statements: readonly Statement[] | null
}

/** What is sent in one go: a statement for rows, or one that steers. */
type Sent = Statement | { readonly text: string; readonly values?: readonly unknown[] }

/** What the open transaction of the target carries. */
interface Carried {
  readonly transactions: number
  readonly changes: number
  /** Whether the last piece began with a savepoint. */
  readonly hasSavepoint: boolean
}

const nothing: Carried = { transactions: 0, changes: 0, hasSavepoint: false }

/** Godwit's own settings hold, whatever the defaults of the database are. */
const begin = { text: 'begin isolation level read committed, read write' }
const savepoint = { text: 'savepoint piece' }
/** Else they would be nested as deep as there are pieces. */
const releaseSavepoint = { text: 'release savepoint piece' }

const advanceIdleSql = `
  update godwit.progress set commit_end_lsn = $4::pg_lsn
   where migration_id = $1 and stream = $2 and lease_epoch = $3
     and (commit_end_lsn is null or commit_end_lsn < $4::pg_lsn)`

/** Writes batches to the target, each in one transaction with the progress that it makes. */
export class TargetWriter {
  readonly #options: WriterOptions
  /** Null between transactions. */
  #carried: Carried | null = null

  constructor(options: WriterOptions) {
    this.#options = options
  }

  /** Turns changes into statements, which can be done while the batch before is being written. */
  prepare(batch: Batch): PreparedBatch {
    return { batch, statements: this.#tryToPlan(batch, new Set()) }
  }

  /**
   * Writes a batch; when its last transaction has ended, everything is durable. Rows of a table that got into each
   * other's way, as when they swap values of a unique column, are written once more in their order. If the target
   * refuses them still, its transactions are written one after the other: what is right gets there, and what is not
   * is named.
   * @throws GodwitError LEASE_LOST, TARGET_DIVERGED, SCHEMA_CHANGED, APPLY_FAILED, CONNECTION_LOST, LOCK_TIMEOUT
   */
  async write({ batch, statements }: PreparedBatch): Promise<void> {
    const inOrder = new Set<TargetTable>()
    let next = statements
    while (next !== null) {
      const failure = await this.#tryToWrite(batch, next)
      if (failure === undefined) return
      const table = failure instanceof StatementFailure && failure.isConflict ? failure.statement.table : null
      if (table === null || inOrder.has(table)) break
      inOrder.add(table)
      next = this.#tryToPlan(batch, inOrder)
    }
    await this.#writeOneByOne(batch)
  }

  /**
   * Notes that nothing was missed up to `position`, where nothing had to be written.
   * @throws GodwitError LEASE_LOST, CONNECTION_LOST
   */
  async advance(position: Lsn): Promise<void> {
    const { guard } = this.#options
    const values = [guard.migrationId, guard.stream, guard.epoch, formatLsn(position)]
    try {
      await this.#send([begin, { text: advanceIdleSql, values }], (results) =>
        this.#assertOwner(results.at(-1)),
      )
      await this.#commit()
    } catch (error) {
      throw toSessionError(error, 'Saving the progress')
    }
  }

  /** Takes back what has been written of a transaction whose end has not come. */
  async abandon(): Promise<void> {
    if (this.#carried === null) return
    this.#carried = null
    await this.#options.session.query('rollback')
  }

  /** @returns what the target refused, with nothing of the batch written; undefined when all of it was */
  async #tryToWrite(batch: Batch, statements: readonly Statement[]): Promise<unknown> {
    const before = this.#carried
    try {
      const first = before === null ? this.#begin() : this.#setSavepoint(before)
      await this.#sendWithProgress([...first, ...statements], batch.parts)
      return undefined
    } catch (error) {
      if (!isAboutRows(error)) throw toSessionError(causeOf(error), 'Applying changes')
      if (before !== null && this.#carried === null) throw toApplyError(error, lastOf(batch))
      await this.#undo(before)
      return error
    }
  }

  async #writeOneByOne({ changes, parts }: Batch): Promise<void> {
    for (const part of parts) {
      try {
        const statements = this.#plan(changes.slice(part.from, part.to), () => true)
        const first = this.#carried === null ? this.#begin() : []
        await this.#sendWithProgress([...first, ...statements], [part])
      } catch (error) {
        throw toApplyError(error, part)
      }
    }
  }

  /** Null when the target has no place for one of the changes. */
  #tryToPlan({ changes }: Batch, inOrder: ReadonlySet<TargetTable>): readonly Statement[] | null {
    try {
      return this.#plan(changes, (table) => inOrder.has(table))
    } catch (error) {
      if (isAboutRows(error)) return null
      throw error
    }
  }

  #plan(changes: readonly Change[], isInOrder: (table: TargetTable) => boolean): readonly Statement[] {
    return planChanges(changes, { tableOf: this.#options.tableOf, isInOrder })
  }

  #begin(): readonly Sent[] {
    this.#carried = nothing
    return this.#options.defersConstraints ? [begin, { text: 'set constraints all deferred' }] : [begin]
  }

  #setSavepoint(carried: Carried): readonly Sent[] {
    this.#carried = { ...carried, hasSavepoint: true }
    return carried.hasSavepoint ? [releaseSavepoint, savepoint] : [savepoint]
  }

  /** Sends statements, and if the last of the transactions ends with them, its progress and the commit. */
  async #sendWithProgress(sent: readonly Sent[], parts: readonly TransactionPart[]): Promise<void> {
    const carried = addTo(this.#carried ?? nothing, parts)
    const last = parts.at(-1)
    if (last === undefined || last.endLsn === null) {
      await this.#send(sent)
      this.#carried = carried
      return
    }
    const values = advanceProgressParameters(this.#options.guard, {
      commitEndLsn: last.endLsn,
      sourceCommitMicros: last.commitMicros,
      transactions: carried.transactions,
      changes: carried.changes,
    })
    await this.#send([...sent, { text: advanceProgressSql, values }], (results) =>
      this.#assertOwner(results.at(-1)),
    )
    await this.#commit()
  }

  async #commit(): Promise<void> {
    this.#carried = null
    const { command } = await this.#options.session.query('commit')
    // A commit in a transaction that has failed is a rollback, and no error.
    if (command !== 'COMMIT')
      throw new GodwitError('INTERNAL', 'The target rolled a batch back without an error.')
  }

  /** Takes back what the batch has done, and nothing that was done before. */
  async #undo(before: Carried | null): Promise<void> {
    await this.#send([{ text: before === null ? 'rollback' : 'rollback to savepoint piece' }])
    this.#carried = before === null ? null : { ...before, hasSavepoint: true }
  }

  #assertOwner(result: QueryResult | undefined): void {
    if (result?.rowCount === 1) return
    const { epoch, migrationId } = this.#options.guard
    throw new GodwitError(
      'LEASE_LOST',
      `Epoch ${epoch} is not the owner of migration ${migrationId} on the target any more.`,
    )
  }

  /**
   * Sends everything at once and waits for all answers. After the first failure the others mean nothing, for the
   * transaction has failed with it.
   */
  async #send(sent: readonly Sent[], check?: (results: readonly QueryResult[]) => void): Promise<void> {
    const { session, onAnswer } = this.#options
    const { stream } = session.connection
    stream.cork()
    const answers = sent.map(async (one) => {
      const answer = await sendOne(session, one)
      onAnswer()
      return answer
    })
    stream.uncork()
    const settled = await Promise.allSettled(answers)
    const results = settled.map((answer, index) => resultOf(sent[index], answer))
    check?.(results)
  }
}

function sendOne(session: Session, sent: Sent): Promise<QueryResult> {
  if ('copied' in sent && sent.copied !== null) return copyIn(session, sent.text, sent.copied)
  return session.query({ text: sent.text, values: sent.values === undefined ? [] : [...sent.values] })
}

function resultOf(sent: Sent | undefined, answer: PromiseSettledResult<QueryResult>): QueryResult {
  const statement = sent !== undefined && 'operation' in sent ? sent : undefined
  if (answer.status === 'rejected') {
    throw statement === undefined ? answer.reason : new StatementFailure(statement, { cause: answer.reason })
  }
  const { rowCount } = answer.value
  if (statement !== undefined && statement.expectedRows !== null && statement.expectedRows !== rowCount) {
    throw new StatementFailure(statement, { foundRows: rowCount ?? 0 })
  }
  return answer.value
}

function addTo(carried: Carried, parts: readonly TransactionPart[]): Carried {
  return {
    ...carried,
    transactions: carried.transactions + parts.filter(({ endLsn }) => endLsn !== null).length,
    changes: carried.changes + parts.reduce((sum, { from, to }) => sum + to - from, 0),
  }
}

function lastOf({ parts }: Batch): TransactionPart {
  const last = parts.at(-1)
  if (last === undefined) throw new Error('a batch has transactions')
  return last
}
