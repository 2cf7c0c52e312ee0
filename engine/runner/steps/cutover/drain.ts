import { setTimeout as sleep } from 'node:timers/promises'
import { GodwitError } from '../../../errors.ts'
import type { CutoverOptions } from '../../../ports/index.ts'
import type { Waypoints } from '../../../apply/index.ts'
import { formatLsn, type Lsn } from '../../../replication/lsn.ts'
import type { RunContext } from '../../context.ts'
import { applyChanges } from '../incremental.ts'
import { inStep } from '../state.ts'
import { countLateWrites, markPosition } from './late-writes.ts'

/**
 * DRAIN: applies all that the source had committed when it was fenced. Without a fence, waits until nothing has come
 * for a while. `marked` is the position of a former attempt under the same fence. Returns the position that the target has reached.
 * @throws GodwitError WRITES_NOT_STOPPED, and what applying throws
 */
export async function drain(
  context: RunContext,
  { options, marked }: { readonly options: CutoverOptions; readonly marked: Lsn | null },
  signal: AbortSignal,
): Promise<Lsn> {
  return await inStep(context, 'DRAIN', async () => {
    const first = marked ?? (await markPosition(context, signal))
    await applyChanges(context, first, signal)
    const drainedTo =
      options.fencing === 'NONE' ? await drainUntilQuiet(context, first, options.quietMs, signal) : first
    return { value: drainedTo, detail: `to ${formatLsn(drainedTo)}` }
  })
}

/** DRAIN while changes are applied all along, so that nothing has to be opened first. */
export async function drainTo(context: RunContext, waypoints: Waypoints, signal: AbortSignal): Promise<Lsn> {
  return await inStep(context, 'DRAIN', async () => {
    const position = await markPosition(context, signal)
    await waypoints.reach(position, signal)
    return { value: position, detail: `to ${formatLsn(position)}` }
  })
}

async function drainUntilQuiet(
  context: RunContext,
  first: Lsn,
  quietMs: number,
  signal: AbortSignal,
): Promise<Lsn> {
  const { runs, lease } = context
  let drainedTo = first
  let late = 0n
  try {
    for (;;) {
      await sleep(quietMs, undefined, { signal })
      const came = await countLateWrites(context, drainedTo, signal)
      if (came === 0n) return drainedTo
      late += came
      const detail = `${late} changes came after the call; waiting for ${quietMs / 1000} s without any`
      await runs.saveStep(lease, { step: 'DRAIN', status: 'RUNNING', detail })
      drainedTo = await markPosition(context, signal)
      await applyChanges(context, drainedTo, signal)
    }
  } catch (error) {
    if (!signal.aborted || late === 0n) throw error
    throw new GodwitError(
      'WRITES_NOT_STOPPED',
      `Writes to the source go on: ${late} changes came after the call to complete, and never ${quietMs / 1000} s without any.`,
      { cause: error },
    )
  }
}
