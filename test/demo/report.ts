import { formatBytes, formatCount, formatDuration } from './display/format.ts'
import type { Display } from './display/index.ts'
import type { Style } from './display/line.ts'
import type { Inspection } from './inspect.ts'
import type { LedgerBalance } from './ledger.ts'
import type { Load } from './load/index.ts'
import type { Kill, MigrationOutcome } from './migration-run.ts'
import type { ComparedTable } from '../support/compare-databases.ts'

/** What both shops are like in the end. */
export interface ComparedShops {
  readonly load: Load
  readonly tables: readonly ComparedTable[]
  readonly ledger: LedgerBalance
  readonly inspection: Inspection
}

export interface ReportInput extends ComparedShops {
  readonly outcome: MigrationOutcome
}

const shownFindings = 20
const labelWidth = 20

const moments = { copy: 'the full copy', incremental: 'incremental sync' } as const

/** Prints what was moved, and every difference (the first of them, if there are many). */
export function printReport(display: Display, input: ReportInput): void {
  const { outcome, load, tables, ledger } = input
  const line = lineOn(display)
  display.print([['bold', 'Report']])
  line('Rows compared', describeRows(tables))
  line('Full copy', describeCopy(outcome))
  line('Changes applied', describeChanges(outcome))
  line('Write load', describeLoad(load))
  line('Its own count', describeLedger(ledger), ledger.findings.length === 0 ? 'green' : 'red')
  line('Lag', describeLag(outcome))
  line('Write pause', describePause(outcome), isPauseLong(outcome) ? 'yellow' : 'bold')
  line('Cutover steps', describeSteps(outcome))
  line('Beside the rows', describeObjects(input.inspection))
  if (outcome.kills.length > 0) line('Killed (SIGKILL)', outcome.kills.map(describeKill).join(' and '))
  for (const { worker, successor } of outcome.kills) {
    if (successor !== null) line('Taken over', `from ${worker} by ${successor}`)
  }
  printFindings(display, findingsOf(input))
}

/** Prints how the shops compare, of a migration that others have driven. */
export function printComparison(display: Display, compared: ComparedShops): void {
  const { load, tables, ledger, inspection } = compared
  const line = lineOn(display)
  line('Rows compared', describeRows(tables))
  line('Write load', describeLoad(load))
  line('Its own count', describeLedger(ledger), ledger.findings.length === 0 ? 'green' : 'red')
  line('Beside the rows', describeObjects(inspection))
  printFindings(display, findingsOf(compared))
}

function lineOn(display: Display) {
  return (label: string, text: string, style: Style = 'bold') =>
    display.print(['  ', label.padEnd(labelWidth), [style, text]])
}

function printFindings(display: Display, findings: readonly string[]): void {
  const line = lineOn(display)
  line('Differences', formatCount(findings.length), findings.length === 0 ? 'green' : 'red')
  for (const finding of findings.slice(0, shownFindings)) display.print(['    ', ['red', finding]])
}

/** Everything that is not as it should be; nothing, if the migration was right. */
export function findingsOf({ load, tables, ledger, inspection }: ComparedShops): readonly string[] {
  return [
    ...tables.flatMap(({ schema, table, differences }) =>
      differences.map((difference) => `${schema}.${table}: ${difference}`),
    ),
    ...ledger.findings,
    ...inspection.findings,
    ...load.errors.map((message) => `the load failed: ${message}`),
  ]
}

function describeKill({ moment }: Kill): string {
  return `during ${moments[moment]}`
}

function describeRows(tables: readonly ComparedTable[]): string {
  const rows = tables.reduce((sum, { sourceRows }) => sum + (sourceRows ?? 0n), 0n)
  return `${formatCount(rows)} in ${tables.length} tables`
}

function describeObjects({ sequences, objects }: Inspection): string {
  return `${sequences} sequences and ${objects} other objects compared`
}

function describeCopy({ report: { rows, bytes, fullCopy } }: MigrationOutcome): string {
  const rate = fullCopy > 0 ? `, ${formatBytes((Number(bytes) * 1000) / fullCopy)}/s` : ''
  return `${formatCount(rows)} rows, ${formatBytes(bytes)} in ${formatDuration(fullCopy)}${rate}`
}

function describeChanges({ report }: MigrationOutcome): string {
  return `${formatCount(report.appliedChanges)} in ${formatCount(report.appliedTransactions)} transactions`
}

function describeLoad(load: Load): string {
  const { committed, rolledBack, refused, errors } = load.counts
  return (
    `${formatCount(load.averageRate())} transactions/s: ${formatCount(committed)} committed, ` +
    `${formatCount(rolledBack)} rolled back, ${formatCount(refused)} refused by the fence, ${formatCount(errors)} failed`
  )
}

/** Of those whose answer was lost, a look at the target says what became of them. */
function describeLedger({ acknowledged, arrived, inDoubt, inDoubtCommitted }: LedgerBalance): string {
  const doubt =
    inDoubt === 0
      ? ''
      : `; of ${formatCount(inDoubt)} whose answer the fence cut off, ${formatCount(inDoubtCommitted)} were committed`
  return `${formatCount(acknowledged)} commits acknowledged, ${formatCount(arrived)} transactions arrived${doubt}`
}

function describeLag({ progress, lastLag }: MigrationOutcome): string {
  const peak = `${formatBytes(progress.peakLagBytes)} and ${progress.peakLagSeconds.toFixed(1)} s at most`
  return lastLag
    ? `${peak}; ${formatBytes(lastLag.bytes)} and ${lastLag.seconds.toFixed(1)} s when the cutover began`
    : peak
}

const cutoverSteps: ReadonlySet<string> = new Set(['FENCE', 'DRAIN', 'ALIGN', 'COMPARE', 'RELEASE'])

function describeSteps({ report }: MigrationOutcome): string {
  return report.steps
    .filter(({ name }) => cutoverSteps.has(name))
    .map(({ name, duration }) => `${name} ${formatDuration(duration)}`)
    .join(', ')
}

function describePause(outcome: MigrationOutcome): string {
  const { pause, predictedPause, compareDuration } = outcome.report
  const comparing =
    compareDuration === null
      ? ''
      : ` (${formatDuration(pause - compareDuration)}, and ${formatDuration(compareDuration)} of comparing)`
  const predicted = predictedPause === null ? '' : `; predicted ${formatDuration(predictedPause)}`
  const long = isPauseLong(outcome)
    ? `; longer than ${formatDuration(longestPauseMs)} without the comparison`
    : ''
  return `${formatDuration(pause)}${comparing}${predicted}${long}`
}

/** What writers should wait for at most, beside the comparison. No finding: a machine may be busy with other things. */
const longestPauseMs = 2_000

function isPauseLong({ report: { pause, compareDuration } }: MigrationOutcome): boolean {
  return pause - (compareDuration ?? 0) > longestPauseMs
}
