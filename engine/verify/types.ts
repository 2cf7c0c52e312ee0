export type CheckOutcome = 'passed' | 'warning' | 'failed'

/** What one check of verify found. */
export interface CheckResult {
  /** Stable name in kebab-case, such as `wal-level`. */
  readonly check: string
  readonly title: string
  readonly outcome: CheckOutcome
  readonly detail: string
  /** What to do, null when passed. */
  readonly remedy: string | null
  /** Statements that mend it, ready to run; empty when none can. */
  readonly statements: readonly string[]
}

export interface VerifyReport {
  /** The worst of the checks. */
  readonly outcome: CheckOutcome
  readonly checks: readonly CheckResult[]
  readonly startedAt: Date
  readonly finishedAt: Date
}
