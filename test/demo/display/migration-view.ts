import type { Load } from '../load/index.ts'
import type { StepState, TableState } from '../migration-state.ts'
import { type MigrationProgress, copiedBytes, tableFraction } from '../progress.ts'
import { formatBar, formatBytes, formatCount, formatDuration } from './format.ts'
import type { LiveView } from './index.ts'
import type { Line, Span } from './line.ts'

export interface MigrationViewOptions {
  readonly progress: MigrationProgress
  readonly load: Load
}

const marks: Record<StepState['status'], Span> = {
  PENDING: ['dim', '·'],
  RUNNING: ['cyan', '▸'],
  DONE: ['green', '✓'],
  SKIPPED: ['dim', '–'],
  FAILED: ['red', '✗'],
}

const barWidth = 20
const stepWidth = 26

/** A migration as it runs: its steps, the tables being copied, lag and load. */
export function migrationView(options: MigrationViewOptions): LiveView {
  return {
    lines: (width) => {
      const { state } = options.progress
      const steps = state.steps.flatMap((step) => stepLines(step, options.progress, width))
      return [
        [],
        [
          '  ',
          ['bold', `Migration ${state.shortId}`],
          `  ${state.status}`,
          ...(state.worker === null ? [] : [['dim', `  by ${state.worker}`] as const]),
          ...problemSpans(options.progress),
        ],
        ...steps,
        [],
        ['  ', lagText(options.progress)],
        ['  ', ['dim', loadText(options.load)]],
      ]
    },
    summary: () => {
      const { progress, load } = options
      const step = progress.state.steps.find((candidate) => candidate.status === 'RUNNING')
      const parts = [
        step ? `${step.name} ${stepText(step, progress)}`.trimEnd() : progress.state.status,
        ...(progress.step('INCREMENTAL')?.status === 'PENDING' ? [] : [lagText(progress)]),
        loadText(load),
        ...(progress.state.problem ? [`${progress.state.problem.code}, trying again`] : []),
      ]
      return `  … ${parts.join(' | ')}`
    },
  }
}

function stepLines(step: StepState, progress: MigrationProgress, width: number): readonly Line[] {
  const name = step.name.padEnd(stepWidth)
  const line: Line = [
    '  ',
    marks[step.status],
    ' ',
    step.status === 'PENDING' || step.status === 'SKIPPED' ? ['dim', name] : name,
    ['dim', durationOf(step).padStart(9)],
    `  ${stepText(step, progress)}`,
  ]
  if (step.name !== 'FULL_COPY' || step.status !== 'RUNNING') return [line]
  const copying = progress.state.tables.filter((table) => table.status === 'COPYING')
  return [line, ...copying.map((table) => tableLine(table, width))]
}

function tableLine(table: TableState, width: number): Line {
  const nameWidth = Math.max(Math.min(stepWidth + 8, width - barWidth - 22), 12)
  const fraction = tableFraction(table)
  return [
    '      ',
    `${table.schema}.${table.table}`.padEnd(nameWidth).slice(0, nameWidth),
    ' ',
    ['cyan', formatBar(fraction, barWidth)],
    ` ${String(Math.floor(fraction * 100)).padStart(3)} %  ${formatBytes(table.copiedBytes)}`,
  ]
}

function stepText(step: StepState, progress: MigrationProgress): string {
  if (step.name !== 'FULL_COPY' || step.status !== 'RUNNING') return step.detail ?? ''
  const { tables } = progress.state
  const done = tables.filter((table) => table.status === 'COPIED').length
  return [
    `${Math.floor(progress.copiedFraction() * 100)} %`,
    `${done} of ${tables.length} tables`,
    formatBytes(copiedBytes(tables)),
    `${formatBytes(progress.copyRate())}/s`,
  ].join(', ')
}

function durationOf({ startedAt, finishedAt }: StepState): string {
  if (!startedAt) return ''
  return formatDuration(Math.max((finishedAt ?? new Date()).getTime() - startedAt.getTime(), 0))
}

function lagText({ state: { lag } }: MigrationProgress): string {
  if (!lag) return 'Lag    not measured yet'
  return (
    `Lag    ${formatBytes(lag.bytes)}, ${lag.seconds.toFixed(1)} s; ` +
    `${formatCount(lag.appliedChanges)} changes of ${formatCount(lag.appliedTransactions)} transactions applied`
  )
}

function loadText(load: Load): string {
  const { committed, errors } = load.counts
  const trouble = errors === 0 ? '' : `, ${formatCount(errors)} errors`
  return `Load   ${formatCount(load.rate())} transactions/s, ${formatCount(committed)} committed${trouble}`
}

function problemSpans({ state: { problem } }: MigrationProgress): readonly Span[] {
  return problem ? [['yellow', `  ${problem.code}: ${problem.message}`]] : []
}
