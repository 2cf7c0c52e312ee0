import { setTimeout as sleep } from 'node:timers/promises'
import {
  runIncremental,
  Waypoints,
  type IncrementalProgress,
  type IncrementalRequest,
} from '../../apply/index.ts'
import { connect } from '../../endpoint/index.ts'
import { GodwitError } from '../../errors.ts'
import { measureLag } from '../../monitor/index.ts'
import type { Lsn } from '../../replication/lsn.ts'
import type { RunContext } from '../context.ts'
import { mayReplicate } from '../replica-role.ts'
import { runBeside } from '../run-beside.ts'

const lagIntervalMs = 1_000

/** A source that nobody writes to has nothing to apply: after so many good samples that is well, too. */
const samplesOfAQuietSource = 60

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
  const { latest, onProgress } = keepLatest()
  await runBeside(
    (stop) => sampleLag(context, latest, stop),
    (stop) => apply(context, { ...(stopAt !== null && { stopAt }), onProgress }, stop),
    signal,
  )
}

/** Changes that are being applied while something else is done. */
export interface Applying {
  readonly waypoints: Waypoints
  /** Measures the lag while `work` runs. Not under a fence: it ends every session on the source but the one that streams. */
  readonly sampled: (work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal) => Promise<void>
}

/**
 * Runs `work` while changes are applied, and stops applying when it has ended.
 * @throws GodwitError of the stream, the apply or the lease; whatever `work` throws
 */
export async function whileApplying<T>(
  context: RunContext,
  work: (applying: Applying, signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const waypoints = new Waypoints()
  const { latest, onProgress } = keepLatest()
  const sampled: Applying['sampled'] = (inner, stop) =>
    runBeside((done) => sampleLag(context, latest, done), inner, stop)
  return await runBeside(
    (stop) => apply(context, { waypoints, onProgress }, stop),
    (stop) => work({ waypoints, sampled }, stop),
    signal,
  )
}

/** How far the applying has come, as it was last told. */
function keepLatest() {
  let latest: IncrementalProgress | null = null
  return {
    latest: () => latest,
    onProgress: (progress: IncrementalProgress) => {
      latest = progress
    },
  }
}

async function apply(
  context: RunContext,
  options: Pick<IncrementalRequest, 'stopAt' | 'waypoints' | 'onProgress'>,
  signal: AbortSignal,
): Promise<void> {
  const { source, target, guard, run, runs, lease } = context
  const { slotName, publicationName, consistentPoint, systemIdentifier, timeline } = run.stream
  const { stream } = await runs.load(lease)
  const startLsn = stream.consistentPoint ?? consistentPoint
  if (startLsn === null) {
    throw new GodwitError('SLOT_LOST', `Migration ${run.migration.shortId} has no slot to take changes from.`)
  }
  const mustReplicate = run.migration.kind.structure && !stream.heldBack
  const replicaRole = mustReplicate || (await mayReplicate(target, signal))
  const request = {
    source,
    target,
    guard,
    renames: run.migration.selection.renames ?? [],
    slotName,
    publicationName,
    startLsn,
    replicaRole,
    systemIdentifier: stream.systemIdentifier ?? systemIdentifier,
    timeline: stream.timeline ?? timeline,
    assertOwner: () => runs.assertOwner(lease),
    ...options,
  }
  await runIncremental(request, signal)
}

/** Measures every second. Once something more was applied, or nothing went wrong for a while, all is well again. */
async function sampleLag(
  context: RunContext,
  latest: () => IncrementalProgress | null,
  signal: AbortSignal,
): Promise<void> {
  const { source, run, runs, lease } = context
  await using session = await connect(source, { purpose: 'lag' }, signal)
  let cleared = run.attempt === 0
  let samples = 0
  let first: IncrementalProgress | null = null
  let former: IncrementalProgress | null = null
  while (!signal.aborted) {
    const progress = latest()
    if (progress !== null) {
      const sample = await measureLag(session, { ...progress, slotName: run.stream.slotName })
      await runs.addLagSample(lease, {
        ...sample,
        hasMoved: former !== null && progress.steps > former.steps,
      })
      former = progress
      samples += 1
      first ??= progress
      if (!cleared && (progress.appliedLsn > first.appliedLsn || samples >= samplesOfAQuietSource)) {
        await runs.clearRetry(lease)
        cleared = true
      }
    }
    await sleep(lagIntervalMs, undefined, { signal }).catch(() => undefined)
  }
}
