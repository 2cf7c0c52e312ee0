import type { GodwitError } from '../errors.ts'
import { connectionStages, type ConnectionStage, type ConnectionStageResult } from './types.ts'

/** Gathers the results of the stages while a connection is tried out, and how long each took. */
export class StageLog {
  readonly #results = new Map<ConnectionStage, ConnectionStageResult>()
  readonly #leftOut = new Map<ConnectionStage, string>()
  #lastMark = performance.now()

  /** The stage is not needed, whatever `pass` says of it. */
  leaveOut(stage: ConnectionStage, detail: string): void {
    this.#leftOut.set(stage, detail)
  }

  /** A stage may be passed again: a second attempt goes through them once more. */
  readonly pass = (stage: ConnectionStage, detail: string): void => {
    const durationMs = this.#lap()
    if (this.#leftOut.has(stage)) return
    this.#results.set(stage, { stage, outcome: 'passed', detail, remedy: null, durationMs })
  }

  /** The stage behind the last one passed has failed, unless the error belongs to an earlier one. */
  fail(error: GodwitError): void {
    const open = connectionStages.find((stage) => !this.#results.has(stage) && !this.#leftOut.has(stage))
    const stage = lateStage(error, open) ?? open ?? 'REPLICATION'
    const { message: detail, remedy } = error
    this.#results.set(stage, { stage, outcome: 'failed', detail, remedy, durationMs: this.#lap() })
  }

  get ok(): boolean {
    return [...this.#results.values()].every((result) => result.outcome !== 'failed')
  }

  /** All stages in their order, those that were not reached as skipped. */
  results(): ConnectionStageResult[] {
    return connectionStages.map(
      (stage) =>
        this.#results.get(stage) ?? {
          stage,
          outcome: 'skipped',
          detail: this.#leftOut.get(stage) ?? 'Not tried, because an earlier stage failed.',
          remedy: null,
          durationMs: 0,
        },
    )
  }

  #lap(): number {
    const now = performance.now()
    const durationMs = Math.round(now - this.#lastMark)
    this.#lastMark = now
    return durationMs
  }
}

/**
 * A server may refuse a client certificate after the handshake, and a role after its password was right: that
 * shows only when the next stage begins.
 */
function lateStage(error: GodwitError, open: ConnectionStage | undefined): ConnectionStage | undefined {
  if (error.code === 'ENDPOINT_TLS_FAILED') return 'TLS'
  return error.code === 'ENDPOINT_AUTH_FAILED' && open === 'DATABASE' ? 'AUTHENTICATION' : undefined
}
