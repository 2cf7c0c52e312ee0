/** A write load on the shop, in a process of its own. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type LoadCommand, type LoadReport } from './messages.ts'
import type { LoadCounts, LoadLedger } from './session.ts'

export interface Load extends AsyncDisposable {
  /** So far; `errors` should stay 0. */
  readonly counts: Readonly<LoadCounts>
  /** What went wrong, the first few of it. */
  readonly errors: readonly string[]
  /** Committed transactions a second, over the last seconds. */
  rate(): number
  /** Committed transactions a second, from the start to the stop. */
  averageRate(): number
  /** Lets it empty a table by TRUNCATE, too. Before, it deletes: a full copy begins anew when a table is truncated. */
  allowTruncate(): void
  /** Says that the source may be fenced from now on. The load does not stop for it, and comes back if it is lifted. */
  expectFence(): void
  /** Of all transactions; empty before the load has stopped. */
  readonly ledger: LoadLedger
  /** Lets transactions under way finish; afterwards nothing writes any more. */
  stop(): Promise<void>
}

interface Sample {
  readonly atMs: number
  readonly committed: number
}

const keptErrors = 5
const keptSamples = 7

/** Starts the load; resolves when the first transactions are in. */
export async function startLoad(options: { readonly url: string; readonly rate: number }): Promise<Load> {
  const child = fork(fileURLToPath(new URL('process.ts', import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  // Its last message, with the ledger, may come after its end.
  const exited = Promise.all([once(child, 'exit'), once(child, 'disconnect')])
  let counts: LoadCounts = { committed: 0, rolledBack: 0, refused: 0, errors: 0 }
  let ledger: LoadLedger = { acknowledged: [], inDoubt: [] }
  const errors: string[] = []
  const startedMs = performance.now()
  const samples: Sample[] = [{ atMs: startedMs, committed: 0 }]
  let stopped = false
  const started = Promise.withResolvers<void>()

  child.on('message', (report: LoadReport) => {
    if (report.type === 'error') {
      if (errors.length < keptErrors) errors.push(report.message)
      return
    }
    stopped = report.type === 'stopped'
    if (report.type === 'stopped') ledger = report.ledger
    counts = report.counts
    samples.push({ atMs: performance.now(), committed: counts.committed })
    if (counts.committed > 0 || stopped) started.resolve()
  })
  const ended = exited.then(() => {
    // A load that broke off must not pass for one that was stopped.
    if (!stopped) {
      counts = { ...counts, errors: counts.errors + 1 }
      errors.push('the process of the load has ended by itself')
    }
    started.resolve()
  })
  const send = (command: LoadCommand) => child.connected && child.send(command)
  const stop = async () => {
    send({ type: 'stop' })
    await ended
  }
  send({ type: 'start', url: options.url, transactionsPerSecond: options.rate })
  await started.promise
  return {
    get counts() {
      return counts
    },
    errors,
    rate: () => rateBetween(samples.at(-keptSamples) ?? samples[0], samples.at(-1)),
    averageRate: () => rateBetween(samples[0], samples.at(-1)),
    allowTruncate: () => void send({ type: 'allow truncate' }),
    expectFence: () => void send({ type: 'expect fence' }),
    get ledger() {
      return ledger
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function rateBetween(from: Sample | undefined, to: Sample | undefined): number {
  if (!from || !to || to.atMs <= from.atMs) return 0
  return ((to.committed - from.committed) * 1000) / (to.atMs - from.atMs)
}
