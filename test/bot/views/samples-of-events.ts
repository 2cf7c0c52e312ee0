import type { ThreadEvent } from '../../../bot/views/index.ts'
import type { ToldEvent } from '../../../bot/notify/events.ts'
import { ago, token } from './samples.ts'

const byWorker = { actor: { kind: 'WORKER', name: 'worker-1', onBehalfOf: null } } as const
const stepDone = (step: string, detail: string) =>
  ({
    type: 'STEP_CHANGED',
    message: `${step}: DONE (${detail}).`,
    payload: { step, from: 'RUNNING', to: 'DONE', detail },
  }) as const

export const events: readonly ThreadEvent[] = [
  {
    at: ago(90),
    type: 'STATUS_CHANGED',
    message: 'START: READY to QUEUED, accepting the warnings wal-retention.',
    payload: { action: 'START', from: 'READY', to: 'QUEUED', acceptedWarnings: ['wal-retention'] },
    actor: token,
  },
  { ...byWorker, ...stepDone('PREPARE', 'snapshot at 16/B374D848'), at: ago(80) },
  { ...byWorker, ...stepDone('STRUCTURE', '312 objects'), at: ago(75) },
  { ...byWorker, ...stepDone('FULL_COPY', '12400000 rows in 1 tables'), at: ago(30) },
  {
    ...byWorker,
    at: ago(20),
    type: 'STATUS_CHANGED',
    message: 'FAIL: RUNNING to FAILED. An UPDATE found no row on the target.',
    payload: {
      report: 'FAIL',
      from: 'RUNNING',
      to: 'FAILED',
      problem: 'An UPDATE found no row on the target.',
    },
  },
  {
    at: ago(10),
    type: 'CUTOVER_PLANNED',
    message: 'The cutover is planned with fencing READ_ONLY; it needs no approval.',
    payload: {},
    actor: token,
  },
  {
    at: ago(10),
    type: 'PRIORITY_CHANGED',
    message: 'The priority is 10 now; it was 0.',
    payload: { priority: 10 },
    actor: token,
  },
]

/** Each has a message of its own. */
export const toldAlone: Readonly<Record<string, ToldEvent>> = Object.fromEntries(
  (
    [
      ['break-glass', 'BREAK_GLASS', 'alice@example.com broke the glass: the source is on fire.'],
      ['fenced', 'SOURCE_FENCED', 'The source is read-only.'],
      ['unfenced', 'SOURCE_UNFENCED', 'The source takes writes again.'],
      ['window-missed', 'CUTOVER_WINDOW_MISSED', 'The cutover window closed before a plan was approved.'],
    ] as const
  ).map(([name, type, message]) => [
    name,
    { cursor: '7', sequence: '7', type, message, payload: {}, at: ago(10), actor: token },
  ]),
)
