import type { Progress } from '../bookkeeping/index.ts'
import type { Session } from '../endpoint/index.ts'
import type { ChangeStream, Lsn } from '../replication/index.ts'
import type { Batch } from './transaction-part.ts'
import { type BatchLimits, Gatherer } from './gatherer.ts'
import type { IncrementalRequest } from './incremental-request.ts'
import type { IncrementalProgress } from './incremental-progress.ts'
import { TargetNames } from './target-names.ts'
import { TargetTables } from './target-tables.ts'
import { TargetWriter } from './target-writer.ts'

export interface ApplierOptions extends Pick<
  IncrementalRequest,
  'guard' | 'renames' | 'stopAt' | 'waypoints' | 'replicaRole' | 'onProgress' | 'limits'
> {
  readonly stream: ChangeStream
  readonly session: Session
  /** As the target has it. */
  readonly progress: Progress
  readonly startLsn: Lsn
}

/** Large enough that a round trip and a commit cost little, small enough to be held several times over. */
const defaultLimits: BatchLimits = { maxChanges: 10_000, maxBytes: 16 * 1024 * 1024 }

const progressIntervalMs = 500

/** On a quiet source, the position is saved when this has passed, or the log has grown by so much. */
const idleSaveIntervalMs = 10_000
const idleSaveBytes = 64n * 1024n * 1024n

/** The transactions that are being written. */
interface Writing {
  readonly batch: Batch
  readonly done: Promise<void>
}

/**
 * Takes transactions from the stream and has them written, one batch at a time; while one is being written, the next
 * is gathered. What waits goes out as soon as nothing is being written, so batches are as large as the load makes
 * them.
 */
export class Applier {
  readonly #options: ApplierOptions
  readonly #gatherer: Gatherer
  readonly #tables: TargetTables
  readonly #writer: TargetWriter
  #writing: Writing | null = null
  /** When the open transaction of the target was committed on the source; null when none is open. */
  #openCommitMicros: bigint | null = null
  /** Up to here the target has everything. */
  #applied: Lsn
  /** Up to here it also says so. */
  #saved: Lsn
  #savedAtMs = performance.now()
  #transactions: bigint
  #changes: bigint
  #steps = 0

  constructor(options: ApplierOptions) {
    const { startLsn, progress, session, guard, replicaRole } = options
    this.#options = options
    this.#gatherer = new Gatherer(options.limits ?? defaultLimits, startLsn)
    this.#tables = new TargetTables(this.#gatherer.types, new TargetNames(options.renames))
    this.#writer = new TargetWriter({
      session,
      guard,
      tableOf: (relation) => this.#tables.of(relation),
      defersConstraints: !replicaRole,
      onAnswer: () => this.#steps++,
    })
    this.#applied = startLsn
    this.#saved = startLsn
    this.#transactions = progress.appliedTransactions
    this.#changes = progress.appliedChanges
  }

  /** Runs until `stopAt`, or until something fails. */
  async run(): Promise<void> {
    const { onProgress, stream, waypoints } = this.#options
    waypoints?.listen(() => stream.wakeUp())
    waypoints?.pass(this.#saved)
    const ticker = setInterval(() => onProgress(this.#progress()), progressIntervalMs)
    try {
      while (!this.#hasArrived()) await this.#advance()
      await this.#writing?.done
      await this.#writer.abandon()
    } finally {
      clearInterval(ticker)
    }
    onProgress(this.#progress())
  }

  #hasArrived(): boolean {
    const { stopAt } = this.#options
    return stopAt !== undefined && this.#saved >= stopAt
  }

  async #advance(): Promise<void> {
    if (this.#gatherer.takeFrom(this.#options.stream) && this.#writing === null) this.#steps++
    const batch = this.#writing === null || this.#gatherer.isFull ? this.#gatherer.cut() : null
    if (batch !== null) await this.#startWriting(batch)
    else {
      if (this.#writing === null) await this.#noteIdle()
      if (!this.#hasArrived()) await this.#waitForNews()
    }
  }

  async #waitForNews(): Promise<void> {
    const { stream } = this.#options
    if (this.#writing === null) await stream.wait()
    else await Promise.race([stream.wait(), this.#writing.done])
  }

  async #startWriting(batch: Batch): Promise<void> {
    const unknown = this.#tables.unknownOf(batch.changes)
    if (unknown.length > 0) {
      await this.#writing?.done
      await this.#tables.learn(this.#options.session, unknown)
    }
    const prepared = this.#writer.prepare(batch)
    await this.#writing?.done
    const done = this.#writer.write(prepared).then(() => this.#noteWritten(batch))
    done.catch(() => {
      // Awaited by the next turn of the loop, which may come later than the failure.
    })
    this.#writing = { batch, done }
    this.#options.stream.gathersReads = true
  }

  #noteWritten({ parts, changes }: Batch): void {
    const last = parts.at(-1)
    const ended = parts.filter(({ endLsn }) => endLsn !== null)
    this.#writing = null
    this.#options.stream.gathersReads = false
    this.#openCommitMicros = last?.endLsn === null ? last.commitMicros : null
    this.#transactions += BigInt(ended.length)
    this.#changes += BigInt(changes.length)
    const endLsn = ended.at(-1)?.endLsn
    if (endLsn != null) this.#noteSaved(endLsn)
  }

  /** With nothing under way, the target has everything that the source has sent. */
  async #noteIdle(): Promise<void> {
    const { stream, stopAt, waypoints } = this.#options
    if (!this.#gatherer.isEmpty) return
    const { walEnd } = stream
    const { position } = this.#gatherer
    const reached = walEnd > position ? walEnd : position
    if (reached <= this.#saved) return
    this.#applied = reached
    const isDue =
      (stopAt !== undefined && reached >= stopAt) ||
      waypoints?.isAsked(reached) === true ||
      stream.replyWanted ||
      performance.now() - this.#savedAtMs >= idleSaveIntervalMs ||
      reached - this.#saved >= idleSaveBytes
    if (!isDue) return
    await this.#writer.advance(reached)
    this.#noteSaved(reached)
  }

  #noteSaved(lsn: Lsn): void {
    this.#saved = lsn
    this.#savedAtMs = performance.now()
    if (lsn > this.#applied) this.#applied = lsn
    this.#options.stream.acknowledge(lsn)
    this.#options.waypoints?.pass(lsn)
  }

  #progress(): IncrementalProgress {
    return {
      appliedLsn: this.#applied,
      appliedTransactions: this.#transactions,
      appliedChanges: this.#changes,
      oldestUnappliedCommitMicros:
        this.#openCommitMicros ??
        this.#writing?.batch.parts[0]?.commitMicros ??
        this.#gatherer.oldestCommitMicros,
      steps: this.#steps,
    }
  }
}
