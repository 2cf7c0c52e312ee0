import type { CatalogTable } from '../catalog/types.ts'
import type { TableProgress } from '../ports/index.ts'

const reportIntervalMs = 500

/** Adds up what the parts of one table copy, and tells it now and then: at the start, twice a second, at the end. */
export class TableTracker {
  readonly #table: CatalogTable
  readonly #onProgress: (progress: TableProgress) => void
  #partsLeft: number
  #rows = 0n
  #bytes = 0n
  #reportedAtMs: number | null = null

  constructor(table: CatalogTable, parts: number, onProgress: (progress: TableProgress) => void) {
    this.#table = table
    this.#partsLeft = parts
    this.#onProgress = onProgress
  }

  get rows(): bigint {
    return this.#rows
  }

  get bytes(): bigint {
    return this.#bytes
  }

  /** A part begins. */
  start(): void {
    if (this.#reportedAtMs === null) this.#report('COPYING')
  }

  add(rows: bigint, bytes: bigint): void {
    this.#rows += rows
    this.#bytes += bytes
    if (performance.now() - (this.#reportedAtMs ?? 0) >= reportIntervalMs) this.#report('COPYING')
  }

  /** A part is committed; `correction` is what was counted too little of it. */
  finish(correction: bigint): void {
    this.#rows += correction
    this.#partsLeft -= 1
    if (this.#partsLeft === 0) this.#report('COPIED')
  }

  #report(status: 'COPYING' | 'COPIED'): void {
    this.#reportedAtMs = performance.now()
    const { schema, name, estimatedRows, sizeBytes } = this.#table
    this.#onProgress({
      schema,
      table: name,
      status,
      estimatedRows: estimatedRows < 0 ? null : estimatedRows,
      sizeBytes,
      copiedRows: this.#rows,
      copiedBytes: this.#bytes,
    })
  }
}
