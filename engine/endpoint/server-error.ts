import type { DatabaseError } from 'pg'
import { sqlState } from '../postgres/sqlstate.ts'

/**
 * Classes of SQLSTATE whose messages hold values: data exceptions quote what they refuse, and functions of the
 * database raise what they like.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const messageOfClass: Readonly<Record<string, string>> = {
  '22': 'the server refused a value',
  P0: 'a function of the database raised an exception',
}

/**
 * An error of the server as it may be shown and logged: without detail, hint and context, and without the message
 * where that may quote values of rows. SQLSTATE and the names of objects stay.
 */
export class ServerError extends Error {
  override readonly name = 'ServerError'
  /** SQLSTATE */
  readonly code: string
  readonly severity: string
  readonly schema: string | undefined
  readonly table: string | undefined
  readonly column: string | undefined
  readonly constraint: string | undefined
  readonly routine: string | undefined

  constructor(error: DatabaseError, state: string) {
    const replacement = messageOfClass[state.slice(0, 2)]
    super(replacement === undefined ? error.message : `${replacement} (SQLSTATE ${state}); its log says more`)
    this.code = state
    this.severity = error.severity ?? ''
    this.schema = error.schema
    this.table = error.table
    this.column = error.column
    this.constraint = error.constraint
    this.routine = error.routine
  }
}

/** Of class 53: the server lacks memory, disk or connections for now. A configured limit does not go away so. */
export function isResourceState(state: string): boolean {
  return state.startsWith('53') && state !== sqlState.configurationLimitExceeded
}
