import { type ErrorCode, GodwitError } from '../../../engine/index.ts'

/** Errors that are answers: a mutation's union holds them, one class for each GraphQL type. */
abstract class UserError extends GodwitError {
  /** The migration that the call was about, as the caller named it. */
  readonly migrationId: string | null

  constructor(error: GodwitError, migrationId: string | null) {
    super(error.code, error.message, {
      cause: error,
      remedy: error.remedy,
      retryable: error.retryable,
      ...(error.field !== null && { field: error.field }),
      ...(error.currentVersion !== null && { currentVersion: error.currentVersion }),
    })
    this.migrationId = migrationId
  }
}

export class ValidationError extends UserError {}
export class NotFoundError extends UserError {}
export class ConflictError extends UserError {}
export class StaleVersionError extends UserError {}
export class IllegalActionError extends UserError {}
export class ConfirmationRequiredError extends UserError {}
export class CutoverPlanError extends UserError {}
export class OperationError extends UserError {}

/** What every mutation can answer with. */
export const commonErrorTypes = [ValidationError, NotFoundError, ConflictError, OperationError] as const

/** What an action on a migration can answer with, besides. */
export const actionErrorTypes = [StaleVersionError, IllegalActionError] as const

type UserErrorClass = new (error: GodwitError, migrationId: string | null) => UserError

const classOfCode: Partial<Record<ErrorCode, UserErrorClass>> = {
  BAD_INPUT: ValidationError,
  SAME_ENDPOINT: ValidationError,
  NOT_FOUND: NotFoundError,
  NAME_TAKEN: ConflictError,
  IN_USE: ConflictError,
  IDEMPOTENCY_KEY_REUSED: ConflictError,
  ALARM_NOT_MUTABLE: ValidationError,
  ALARM_RESOLVED: ConflictError,
  STALE_VERSION: StaleVersionError,
  ILLEGAL_ACTION: IllegalActionError,
  WARNINGS_NOT_ACCEPTED: ConfirmationRequiredError,
  WRITES_NOT_STOPPED: ConfirmationRequiredError,
  PLAN_MISSING: CutoverPlanError,
  PLAN_EXPIRED: CutoverPlanError,
  PLAN_VOID: CutoverPlanError,
  PLAN_REJECTED: CutoverPlanError,
  PLAN_DECIDED: CutoverPlanError,
  PLAN_NOT_APPROVED: CutoverPlanError,
  APPROVAL_REFUSED: CutoverPlanError,
}

/** Never answers: about who calls, how much, or a bug. */
const topLevelCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'UNAUTHENTICATED',
  'TOKEN_EXPIRED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'INTERNAL',
])

/** The answer that an error is, or the error itself when it is none. */
export function toUserError(error: unknown, migrationId: string | null = null): unknown {
  if (!(error instanceof GodwitError) || topLevelCodes.has(error.code)) return error
  const Class = classOfCode[error.code] ?? OperationError
  return new Class(error, migrationId)
}
