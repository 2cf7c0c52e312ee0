import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import {
  type CheckResult,
  type ConnectionSettings,
  type Kind,
  type Selection,
  type VerifyReport,
  wholeDatabase,
} from '../../../engine/index.ts'
import { runVerify } from '../../../engine/verify/index.ts'
import { settingsOf } from '../../support/connection.ts'
import type { TestDatabase } from '../../support/servers.ts'

export const everything: Kind = { structure: true, fullCopy: true, incremental: true }

export interface VerifyOptions {
  readonly kind?: Kind
  readonly selection?: Selection
  /** Over the superuser's. */
  readonly source?: Partial<ConnectionSettings>
  readonly target?: Partial<ConnectionSettings>
}

export async function verify(
  source: TestDatabase,
  target: TestDatabase,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const report = await runVerify(
    {
      source: { ...settingsOf(source), ...options.source },
      target: { ...settingsOf(target), ...options.target },
      kind: options.kind ?? everything,
      selection: options.selection ?? wholeDatabase,
      migrationId: randomUUID(),
    },
    new AbortController().signal,
  )
  for (const check of report.checks) expectWellFormed(check)
  return report
}

/** What every result promises to people. */
function expectWellFormed(check: CheckResult): void {
  expect(check.detail).not.toBe('')
  if (check.outcome === 'passed') expect(check).toMatchObject({ remedy: null, statements: [] })
  else expect(check.remedy).toBeTruthy()
  for (const statement of check.statements) expect(statement).toMatch(/;$/)
}

/** The result of one check. */
export function resultOf(report: VerifyReport, name: string): CheckResult {
  const found = report.checks.find(({ check }) => check === name)
  if (found === undefined) throw new Error(`the report has no check ${name}`)
  return found
}

export function namesOf(report: VerifyReport): string[] {
  return report.checks.map(({ check }) => check)
}

export function problemsOf(report: VerifyReport): string[] {
  return report.checks.filter(({ outcome }) => outcome !== 'passed').map(({ check }) => check)
}

/** Does what a result says, as the superuser. */
export async function mend(db: TestDatabase, { statements }: CheckResult): Promise<void> {
  expect(statements).not.toEqual([])
  for (const statement of statements) await db.query(statement)
}
