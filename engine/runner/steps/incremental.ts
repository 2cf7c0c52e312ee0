import { setTimeout as sleep } from 'node:timers/promises'
import { runIncremental, type IncrementalProgress } from '../../apply/index.ts'
import { connect } from '../../endpoint/index.ts'
import { GodwitError } from '../../errors.ts'
import { measureLag } from '../../monitor/index.ts'
import type { Lsn } from '../../replication/lsn.ts'
import type { RunContext } from '../context.ts'
import { mayReplicate } from '../replica-role.ts'
import { runBeside } from '../run-beside.ts'

const lagIntervalMs = 1_000

/** INCREMENTAL: applies changes until somebody wants something else, that is until `signal` aborts. */
export async function followChanges(context: RunContext, signal: AbortSignal): Promise<void> {
  await context.runs.saveStep(context.lease, { step: 'INCREMENTAL', status: 'RUNNING' })
  await applyChanges(context, null, signal)
}

/**
 * Applies changes, with the lag measured beside, until the target has everything that the source had committed at
 * `stopAt`; without it, until `signal` aborts.
 * @throws GodwitError of the stream, the apply or the lease
 */
export async function applyChanges(
  context: RunContext,
  stopAt: Lsn | null,
  signal: AbortSignal,
): Promise<void> {
  const { source, target, guard, run, runs, lease } = context
  const { slotName, publicationName, consistentPoint, systemIdentifier, timeline } = run.stream
  const { stream } = await runs.load(lease)
  const startLsn = stream.consistentPoint ?? consistentPoint
  if (startLsn === null) {
    throw new GodwitError('SLOT_LOST', `Migration ${run.migration.shortId} has no slot to take changes from.`)
  }
  const replicaRole = await mayReplicate(target, signal)
  let latest: IncrementalProgress | null = null
  await runBeside(
    (stop) => sampleLag(context, () => latest, stop),
    (stop) =>
      runIncremental(
        {
          source,
          target,
          guard,
          slotName,
          publicationName,
          startLsn,
          replicaRole,
          systemIdentifier: stream.systemIdentifier ?? systemIdentifier,
          timeline: stream.timeline ?? timeline,
          ...(stopAt !== null && { stopAt }),
          onProgress: (progress) => {
            latest = progress
          },
        },
        stop,
      ),
    signal,
  )
}

/** Measures every second; the first good measurement also says that things go well again. */
async function sampleLag(
  context: RunContext,
  latest: () => IncrementalProgress | null,
  signal: AbortSignal,
): Promise<void> {
  const { source, run, runs, lease } = context
  await using session = await connect(source, { purpose: `${run.migration.shortId} lag` }, signal)
  let cleared = run.attempt === 0
  while (!signal.aborted) {
    const progress = latest()
    if (progress !== null) {
      const sample = await measureLag(session, { ...progress, slotName: run.stream.slotName })
      await runs.addLagSample(lease, sample)
      if (!cleared) await runs.clearRetry(lease)
      cleared = true
    }
    await sleep(lagIntervalMs, undefined, { signal }).catch(() => undefined)
  }
}
