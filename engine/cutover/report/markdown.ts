import type { CleanUpItem, CompletionReport, ReportedDatabase } from '../../ports/index.ts'
import { codeBlock, escapeMarkdown, formatMs, table } from './markdown-text.ts'

/** A completion report for people to read and keep, as Markdown. Pure. */
export function renderReport(report: CompletionReport): string {
  const { source, target } = report
  const sections = [
    report.migration === ''
      ? '# The migration is complete'
      : `# Migration ${escapeMarkdown(report.migration)} is complete`,
    ...(source === null || target === null ? [] : [`From ${nameOf(source)} to ${nameOf(target)}.`]),
    ...section('Summary', table(['', ''], summaryOf(report))),
    ...section('Time of each step', stepsOf(report)),
    ...section('Decisions', decisionsOf(report)),
    ...section('Comparison', comparisonOf(report)),
    ...section('Clean up', cleanUpOf(report)),
  ]
  return `${sections.join('\n\n')}\n`
}

function section(title: string, body: string): readonly string[] {
  return body === '' ? [] : [`## ${title}`, body]
}

function nameOf({ host, port, database, user }: ReportedDatabase): string {
  return escapeMarkdown(`${database} on ${host}:${port} (as ${user})`)
}

function summaryOf(report: CompletionReport): readonly (readonly string[])[] {
  const { predictedPauseMs, compareMs, fencing } = report
  return [
    ['Rows copied', String(report.rows)],
    ['Bytes copied', String(report.bytes)],
    ['Changes applied', `${report.appliedChanges} in ${report.appliedTransactions} transactions`],
    ['Write pause', formatMs(report.pauseMs)],
    ...(predictedPauseMs === null ? [] : [['Write pause, predicted', formatMs(predictedPauseMs)]]),
    ...(compareMs === null ? [] : [['Of it, comparing', formatMs(compareMs)]]),
    ...(fencing === null ? [] : [['Fencing of the source', escapeMarkdown(fencing)]]),
    ['Sequences aligned', String(report.alignedSequences)],
    ['Materialized views refreshed', String(report.refreshedViews)],
  ]
}

function stepsOf({ steps }: CompletionReport): string {
  if (steps.length === 0) return ''
  return table(
    ['Step', 'Time'],
    steps.map(({ step, durationMs }) => [escapeMarkdown(step), formatMs(durationMs)]),
  )
}

function decisionsOf({ requestedBy, decisions, breakGlass, acceptedWarnings }: CompletionReport): string {
  const lines = [
    ...(requestedBy === null ? [] : [`Asked for by ${escapeMarkdown(requestedBy)}.`]),
    ...decisions.map(({ person, decision, reason }) => {
      const verb = decision === 'APPROVE' ? 'Approved' : 'Rejected'
      return `${verb} by ${escapeMarkdown(person)}${reason === null ? '' : `: ${escapeMarkdown(reason)}`}`
    }),
    ...(breakGlass === null
      ? []
      : [
          `**Break-glass** by ${escapeMarkdown(breakGlass.person)}, without the approvals that were missing: ` +
            escapeMarkdown(breakGlass.reason),
        ]),
    ...acceptedWarnings.map((warning) => `Warning accepted: ${escapeMarkdown(warning)}`),
  ]
  return lines.map((line) => `- ${line}`).join('\n')
}

/** So that the report of a database with thousands of tables can still be read. */
const listedTables = 50

function comparisonOf({ comparison }: CompletionReport): string {
  if (comparison.length === 0) return 'Nothing was compared.'
  const different = comparison.filter(({ sourceRows, targetRows }) => sourceRows !== targetRows)
  const verdict =
    different.length === 0
      ? `${comparison.length} tables have the same number of rows on both sides.`
      : `${different.length} of ${comparison.length} tables differ.`
  const shown = [...different, ...comparison.filter((each) => !different.includes(each))].slice(
    0,
    listedTables,
  )
  const rows = shown.map((each) => [
    escapeMarkdown(`${each.schema}.${each.table}`),
    String(each.sourceRows),
    String(each.targetRows),
  ])
  const more = comparison.length - shown.length
  return [
    verdict,
    table(['Table', 'Source', 'Target'], rows),
    ...(more > 0 ? [`And ${more} more.`] : []),
  ].join('\n\n')
}

function cleanUpOf({ cleanUp }: CompletionReport): string {
  return cleanUp.map(cleanUpItemOf).join('\n\n')
}

function cleanUpItemOf({ side, what, statements }: CleanUpItem): string {
  const where = side === 'SOURCE' ? 'On the source' : 'On the target'
  return `${where}: ${escapeMarkdown(what)}\n\n${codeBlock('sql', statements)}`
}
