import type { Logger } from 'pino'
import { connect } from '../endpoint/index.ts'
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
export function slotTicks(needs: SlotNeeds): readonly Tick[] {
  const run = async (signal: AbortSignal) => {
    await Promise.all(Array.from({ length: lanes }, () => measureDue(needs, signal)))
  }
  return [{ name: 'measure idle slots', pattern: '*/5 * * * * *', run }]
}

async function measureDue({ stores, log }: SlotNeeds, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const slot = await stores.idleSlots.claim(intervalMs)
    if (slot === null) return
    const state = await measure(stores, slot, signal).catch((error: unknown) => {
      log.debug({ err: error, migrationId: slot.migrationId }, 'an idle slot could not be measured')
      return null
    })
    if (state !== null) await stores.idleSlots.save(slot, state)
  }
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
