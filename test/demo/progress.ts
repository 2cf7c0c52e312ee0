import type { MigrationState, StepState, TableState } from './migration-state.ts'

interface CopySample {
  readonly atMs: number
  readonly bytes: bigint
}

const rateOverMs = 3_000

/** What the demo has seen of a migration so far. */
export class MigrationProgress {
  #state: MigrationState
  #signature = ''
  #movedMs = performance.now()
  #samples: CopySample[] = []
  #updated = Promise.withResolvers<void>()
  peakLagBytes = 0n
  peakLagSeconds = 0

  constructor(state: MigrationState) {
    this.#state = state
    this.update(state)
  }

  get state(): MigrationState {
    return this.#state
  }

  /** Takes in what the API says now. */
  update(state: MigrationState): void {
    this.#state = state
    const nowMs = performance.now()
    this.#samples.push({ atMs: nowMs, bytes: copiedBytes(state.tables) })
    this.#samples = this.#samples.filter((sample) => sample.atMs > nowMs - rateOverMs)
    if (state.lag && state.lag.bytes > this.peakLagBytes) this.peakLagBytes = state.lag.bytes
    if (state.lag) this.peakLagSeconds = Math.max(this.peakLagSeconds, state.lag.seconds)
    this.#updated.resolve()
    this.#updated = Promise.withResolvers<void>()
    const signature = signatureOf(state)
    if (signature !== this.#signature) {
      this.#signature = signature
      this.#movedMs = nowMs
    }
  }

  /** Resolves at the next state, or after `timeoutMs`. */
  async nextUpdate(timeoutMs: number): Promise<void> {
    const timeout = Promise.withResolvers<void>()
    const timer = setTimeout(timeout.resolve, timeoutMs)
    await Promise.race([this.#updated.promise, timeout.promise])
    clearTimeout(timer)
  }

  /** For how long nothing has moved: no step, no row copied, no change applied. */
  stalledMs(): number {
    return performance.now() - this.#movedMs
  }

  step(name: string): StepState | undefined {
    return this.#state.steps.find((step) => step.name === name)
  }

  /** Bytes a second over the last seconds, of the COPY streams. */
  copyRate(): number {
    const [first] = this.#samples
    const last = this.#samples.at(-1)
    if (!first || !last || last.atMs - first.atMs < 200) return 0
    // Less than before: the copy has begun anew.
    if (last.bytes < first.bytes) return 0
    return (Number(last.bytes - first.bytes) * 1000) / (last.atMs - first.atMs)
  }

  /** 0 to 1, by the size of the tables. */
  copiedFraction(): number {
    const total = this.#state.tables.reduce((sum, table) => sum + Number(table.sizeBytes), 0)
    const done = this.#state.tables.reduce(
      (sum, table) => sum + Number(table.sizeBytes) * tableFraction(table),
      0,
    )
    return total === 0 ? 0 : done / total
  }
}

/** How much of a table is copied, 0 to 1: by its rows where they were estimated, by its size where not. */
export function tableFraction(table: TableState): number {
  if (table.status === 'COPIED') return 1
  const [done, all] =
    table.estimatedRows === null || table.estimatedRows === 0n
      ? [Number(table.copiedBytes), Number(table.sizeBytes)]
      : [Number(table.copiedRows), Number(table.estimatedRows)]
  return all === 0 ? 0 : Math.min(done / all, 0.99)
}

export function copiedBytes(tables: readonly TableState[]): bigint {
  return tables.reduce((sum, table) => sum + table.copiedBytes, 0n)
}

function signatureOf(state: MigrationState): string {
  return [
    state.status,
    ...state.steps.map((step) => `${step.status} ${step.detail ?? ''}`),
    copiedBytes(state.tables),
    state.lag?.appliedTransactions,
  ].join('|')
}
