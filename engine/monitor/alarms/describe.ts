import { describeUndo } from '../../cutover/fence/describe-undo.ts'
import { formatBytes } from '../../verify/listing.ts'
import { alarmCatalog, type AlarmKind } from './kinds.ts'
import { isLeftBehind, type AlarmFacts } from './observe.ts'

/** An alarm as one sentence for people. */
export function describeAlarm(kind: AlarmKind, value: number, facts: AlarmFacts): string {
  return sentences[kind](formatValue(kind, value), facts)
}

const sentences: Readonly<Record<AlarmKind, (value: string, facts: AlarmFacts) => string>> = {
  LAG_SECONDS: (value) => `The target is ${value} behind the source.`,
  LAG_BYTES: (value) => `The target is ${value} of WAL behind the source.`,
  APPLY_STALLED: (value) => `Nothing has been applied for ${value}, though there is something to apply.`,
  WAL_RETAINED: (value) => `The replication slot holds back ${value} of WAL on the source.`,
  SLOT_AT_RISK: (value, { idleSlot, samples, slotLost }) => {
    if (slotLost !== null) return `Changes are lost: ${slotLost}`
    return (idleSlot ?? samples[0])?.walStatus === 'lost'
      ? 'The replication slot is gone on the source, or WAL that it needs: changes are lost.'
      : `The source can write ${value} of WAL before it removes what the replication slot needs.`
  },
  LONG_TRANSACTION: (value) => `A transaction on the source has been open for ${value}.`,
  TARGET_ERRORS: (value, { problem }) => `${value} attempts in a row have failed${because(problem)}`,
  VERIFY_FAILED_BEFORE_START: (_value, { problem }) =>
    `The scheduled start was not made: ${problem?.message ?? 'verify did not pass.'}`,
  SCHEDULE_MISSED: (_value, { problem }) => `The scheduled start was missed${because(problem)}`,
  APPROVAL_EXPIRING: (value, { planApproved }) =>
    planApproved
      ? `The cutover plan is approved but not executed, and expires in ${value}.`
      : `The cutover plan waits for approval, and expires in ${value}.`,
  MIGRATION_FAILED: (_value, { problem }) => `The migration has failed${because(problem)}`,
  COMPARISON_DIFFERENT: (_value, { differs }) => `The target differs from the source: ${differs ?? ''}`,
  TARGET_DIVERGED: (_value, { diverged }) => `The target has diverged from the source: ${diverged ?? ''}`,
  SOURCE_FENCED: (_value, facts) => (facts.fence === null ? '' : describeStranded(facts.fence, facts)),
  WORKER_LOST: (value) => `The lease of its worker ran out ${value} ago, and no other has taken over.`,
}

function describeStranded(fence: NonNullable<AlarmFacts['fence']>, facts: AlarmFacts): string {
  const isFenced = `The source is still fenced (${fence.mode}), so nobody can write to it.`
  const byHand = `by hand, on the source: ${describeUndo(fence)}`
  if (isLeftBehind(facts)) {
    return (
      `${isFenced} The worker that completes the migration is gone, and no other has taken over: start one, which goes ` +
      `on; or cancel the migration and take the fence away ${byHand}`
    )
  }
  return (
    `${isFenced} Godwit tries to take the fence away while it completes or cancels; ${byHand} ` +
    'Once the migration is cancelled, delete it when that is done.'
  )
}

function because(problem: AlarmFacts['problem']): string {
  return problem === null ? '.' : `: ${problem.message}`
}

function formatValue(kind: AlarmKind, value: number): string {
  const { unit } = alarmCatalog[kind]
  if (unit === 'SECONDS') return `${Math.round(value)} s`
  return unit === 'BYTES' ? formatBytes(Math.round(value)) : String(value)
}
