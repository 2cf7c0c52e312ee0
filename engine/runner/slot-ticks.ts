import type { Logger } from 'pino'
import { connect, toSessionError } from '../endpoint/index.ts'
import { measureSlot } from '../monitor/index.ts'
import type { IdleSlot, SlotState } from '../ports/index.ts'
import type { Tick } from '../ticks/index.ts'
import type { WorkerStores } from './context.ts'

const intervalMs = 30_000
/** Of a source that does not answer. */
const timeoutMs = 10_000
/** Sources at a time, so that one that does not answer holds up few others. */
const lanes = 4

interface SlotNeeds {
  readonly stores: Pick<WorkerStores, 'endpoints' | 'idleSlots'>
  readonly log: Logger
}

/** Measures what the slots hold back that nobody takes changes from, for the alarms. */
export function slotTicks({ stores, log }: SlotNeeds): readonly Tick[] {
  const refusals = new Map<string, string>()
  const run = async (signal: AbortSignal) => {
    await Promise.all(Array.from({ length: lanes }, () => measureDue({ stores, log, refusals }, signal)))
  }
  return [{ name: 'measure idle slots', pattern: '*/5 * * * * *', run }]
}

interface Measuring extends SlotNeeds {
  /** Why the slot of a migration could not be measured, as was last warned of. */
  readonly refusals: Map<string, string>
}

async function measureDue(measuring: Measuring, signal: AbortSignal): Promise<void> {
  const { stores, refusals } = measuring
  while (!signal.aborted) {
    const slot = await stores.idleSlots.claim(intervalMs)
    if (slot === null) return
    const state = await measure(stores, slot, signal).catch((error: unknown) => {
      if (!signal.aborted) tellFailure(measuring, slot, error)
      return null
    })
    if (state === null) continue
    refusals.delete(slot.migrationId)
    await stores.idleSlots.save(slot, state)
  }
}

/** What only a person can mend is worth reading, though not every half minute: once, until the reason is another. */
function tellFailure({ log, refusals }: Measuring, { migrationId }: IdleSlot, thrown: unknown): void {
  const error = toSessionError(thrown, 'Measuring the replication slot')
  const isNews = !error.retryable && refusals.get(migrationId) !== error.message
  if (isNews) refusals.set(migrationId, error.message)
  const details = { err: error.code === 'INTERNAL' ? thrown : error, code: error.code, migrationId }
  log[isNews ? 'warn' : 'debug'](details, 'an idle slot could not be measured')
}

async function measure(
  { endpoints }: SlotNeeds['stores'],
  slot: IdleSlot,
  signal: AbortSignal,
): Promise<SlotState> {
  const source = await endpoints.connection(slot.sourceId)
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  await using session = await connect(source, { purpose: 'slot' }, limit)
  return await measureSlot(session, slot)
}
