import { toSessionError } from '../endpoint/index.ts'
import { GodwitError } from '../errors.ts'
import { sqlState, sqlStateOf } from '../postgres/index.ts'
import { formatLsn } from '../replication/index.ts'
import type { TransactionPart } from './transaction-part.ts'
import type { Statement } from './statement.ts'

/** A statement of a batch that the target refused, or that found another number of rows than it must. */
export class StatementFailure extends Error {
  override readonly name = 'StatementFailure'
  readonly statement: Statement
  readonly foundRows: number | null

  constructor(statement: Statement, outcome: { readonly cause?: unknown; readonly foundRows?: number }) {
    super(`a statement for ${statement.table.title} failed`, { cause: outcome.cause })
    this.statement = statement
    this.foundRows = outcome.foundRows ?? null
  }

  /** Whether rows got into each other's way, which their order can mend. */
  get isConflict(): boolean {
    const state = sqlStateOf(this.cause)
    return state === sqlState.uniqueViolation || state === sqlState.exclusionViolation
  }
}

/** Classes of SQLSTATE that say nothing of the rows: trying again later, or elsewhere, may help. */
const circumstances: ReadonlySet<string> = new Set(['08', '25', '40', '53', '55', '57', '58', 'XX'])

/** Whether going through the changes one by one can tell which of them is at fault. */
export function isAboutRows(error: unknown): boolean {
  const cause = causeOf(error)
  if (error instanceof StatementFailure && cause === undefined) return true
  if (error instanceof GodwitError) return error.code === 'SCHEMA_CHANGED'
  const state = sqlStateOf(cause)
  return state !== undefined && !circumstances.has(state.slice(0, 2))
}

/** What the target said, where the error came with a statement. */
export function causeOf(error: unknown): unknown {
  return error instanceof StatementFailure ? error.cause : error
}

/**
 * Says which transaction of the source could not be applied, to which table and why. Values of the row stay out.
 */
export function toApplyError(error: unknown, part: TransactionPart): GodwitError {
  if (error instanceof GodwitError) return error
  const transaction = `the source transaction committed at ${formatLsn(part.commitLsn)}`
  if (!(error instanceof StatementFailure)) {
    return toSessionError(error, `Applying ${transaction}`, 'APPLY_FAILED')
  }
  const { statement, foundRows } = error
  const what = `${articles[statement.operation]} ${statement.table.title} in ${transaction}`
  if (error.cause === undefined) {
    return new GodwitError(
      'TARGET_DIVERGED',
      `${what} finds ${foundRows} rows on the target instead of ${statement.expectedRows} (${keyOf(statement)}).`,
    )
  }
  const sessionError = toSessionError(error.cause, what, 'APPLY_FAILED')
  return error.isConflict
    ? new GodwitError('TARGET_DIVERGED', `${sessionError.message} (${keyOf(statement)}).`, {
        cause: sessionError.cause,
      })
    : sessionError
}

const articles = {
  insert: 'An insert into',
  update: 'An update of',
  delete: 'A delete from',
  truncate: 'A truncate of',
} as const

function keyOf({ table }: Statement): string {
  if (table.key === null) return 'rows are found by all their columns'
  return `key: ${table.key.map(({ column }) => column.name).join(', ')}`
}
