/** What is asked of the API, in which order, and what is waited for. */
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { formatDuration } from './display/format.ts'
import type { Display } from './display/index.ts'
import type { GodwitProcess } from './godwit-process.ts'
import type { GraphqlClient } from './graphql-client.ts'
import { killDuringCopy } from './kill.ts'
import type { Load } from './load/index.ts'
import { type CompletionReport, durationMs, type MigrationState } from './migration-state.ts'
import type { KillMoment } from './options.ts'
import type { MigrationProgress } from './progress.ts'
import type { DemoServers } from './servers.ts'
import { MigrationStuck, type MigrationWatch } from './watch.ts'

export interface MigrateOptions {
  readonly godwit: GodwitProcess
  readonly servers: DemoServers
  readonly sourceBytes: bigint
  readonly load: Load
  readonly kill: readonly KillMoment[]
  readonly display: Display
}

/** A worker that was killed. */
export interface Kill {
  readonly moment: KillMoment
  readonly worker: string
  /** Who took over; null: the same process, started again. */
  readonly successor: string | null
}

export interface MigrationOutcome {
  readonly report: CompletionReport
  readonly progress: MigrationProgress
  readonly kills: readonly Kill[]
  /** The lag when the cutover began. */
  readonly lastLag: MigrationState['lag']
}

/** For how long changes are applied beside the load, after the lag has become small. */
const incrementalMs = 10_000
const smallLagSeconds = 2

const planned = z.object({ plan: z.object({ digest: z.string(), predictedPause: durationMs }) })

const verifyResult = z.object({
  migration: z.object({
    verifyReport: z.object({
      checks: z.array(
        z.object({
          title: z.string(),
          outcome: z.enum(['PASSED', 'WARNING', 'FAILED']),
          detail: z.string(),
          remedy: z.string().nullable(),
          statements: z.array(z.string()),
        }),
      ),
    }),
  }),
})

/** The stations of one migration. */
export class MigrationRun {
  readonly #options: MigrateOptions
  readonly #client: GraphqlClient
  readonly #watch: MigrationWatch
  readonly #signal: AbortSignal

  constructor(options: MigrateOptions, client: GraphqlClient, watch: MigrationWatch, signal: AbortSignal) {
    this.#options = options
    this.#client = client
    this.#watch = watch
    this.#signal = signal
  }

  /** Verifies, and shows what was not as it should be. */
  async verify(): Promise<void> {
    await this.#act('verifyMigration')
    const { status } = await this.#watchPast('VERIFYING')
    const { migration } = await this.#client.query(
      {
        document: `query ($id: ID!) {
          migration(id: $id) { verifyReport { checks { title outcome detail remedy statements } } }
        }`,
        variables: { id: this.#id },
        result: verifyResult,
      },
      this.#signal,
    )
    const { checks } = migration.verifyReport
    const count = (outcome: string) => checks.filter((check) => check.outcome === outcome).length
    const { display } = this.#options
    display.print([
      '  ',
      status === 'READY' ? ['green', '✓'] : ['red', '✗'],
      ` Verify: ${count('PASSED')} passed, ${count('WARNING')} with a warning, ${count('FAILED')} failed`,
    ])
    for (const { outcome, title, detail, remedy, statements } of checks) {
      if (outcome === 'PASSED') continue
      display.print(['      ', [outcome === 'WARNING' ? 'yellow' : 'red', title], `: ${detail}`])
      for (const line of [remedy, ...statements]) if (line) display.print(['        ', ['dim', line]])
    }
    if (status !== 'READY')
      throw new MigrationStuck(`Verify has ended as ${status}.`, 'Mend what it names above.')
  }

  /** Starts, and resolves when every row is there and changes have been applied beside the load for a while. */
  async start(): Promise<readonly Kill[]> {
    await this.#act('startMigration', { acceptWarnings: true })
    const kills: Kill[] = []
    if (this.#options.kill.includes('copy')) kills.push(...(await this.#killDuringCopy()))
    await this.#untilInStep()
    this.#options.load.allowTruncate()
    if (this.#options.kill.includes('incremental')) {
      kills.push(await this.#kill('incremental'))
      const before = this.#watch.progress.state.lag?.appliedTransactions ?? 0n
      await this.#watch.until(({ lag }) => lag !== null && lag.appliedTransactions > before)
      await this.#untilInStep()
    }
    await delay(incrementalMs, undefined, { signal: this.#signal })
    await this.#untilInStep()
    return kills
  }

  /** Plans a cutover with a fence and completes, under load: it is the fence that keeps the load out. */
  async complete(kills: readonly Kill[]): Promise<MigrationOutcome> {
    const { progress } = this.#watch
    const { load } = this.#options
    const planDigest = await this.#plan()
    const lastLag = progress.state.lag
    load.expectFence()
    await this.#act('completeMigration', { planDigest })
    const { status, report, problem } = await this.#watchPast('COMPLETING')
    await load.stop()
    if (status === 'COMPLETED' && report) return { report, progress, kills, lastLag }
    throw new MigrationStuck(
      `Completion has ended as ${status}${problem ? `: ${problem.code}: ${problem.message}` : ''}`,
      problem?.remedy ?? '',
    )
  }

  /** Returns the digest by which the plan is executed. */
  async #plan(): Promise<string> {
    const { plan } = await this.#client.mutate(
      {
        name: 'planCutover',
        input: { id: this.#id, fencing: 'READ_ONLY' },
        fields: 'plan { digest predictedPause }',
        payload: planned,
      },
      this.#signal,
    )
    this.#options.display.print([
      '  ',
      ['green', '✓'],
      ` Cutover planned: the source becomes read-only; a pause of ${formatDuration(plan.predictedPause)} is predicted`,
    ])
    return plan.digest
  }

  get #id(): string {
    return this.#watch.progress.state.id
  }

  /** Every action states the version that it was decided on, so that none acts on what it has not seen. */
  async #act(name: string, more: Readonly<Record<string, boolean | string>> = {}): Promise<void> {
    const input = { id: this.#id, expectedVersion: this.#watch.progress.state.version, ...more }
    const { migration } = await this.#client.mutate(
      {
        name,
        input,
        fields: 'migration { version }',
        payload: z.object({ migration: z.object({ version: z.number() }) }),
      },
      this.#signal,
    )
    await this.#watch.until((state) => state.version >= migration.version)
  }

  #watchPast(former: string): Promise<MigrationState> {
    return this.#watch.until(({ status }) => status !== former)
  }

  async #untilInStep(): Promise<void> {
    const { progress } = this.#watch
    await this.#watch.until(
      ({ lag }) =>
        progress.step('INCREMENTAL')?.status === 'RUNNING' && lag !== null && lag.seconds <= smallLagSeconds,
    )
  }

  async #killDuringCopy(): Promise<readonly Kill[]> {
    const { servers, sourceBytes, display } = this.#options
    const isOver = () => {
      this.#watch.throwIfStuck()
      return this.#watch.progress.step('FULL_COPY')?.status === 'DONE'
    }
    const kills: Kill[] = []
    const kill = async () => void kills.push(await this.#kill('copy'))
    const killedAt = await killDuringCopy({ kill, target: servers.target, sourceBytes, isOver }, this.#signal)
    await this.#watch.until(isOver)
    const finishedAt = this.#watch.progress.step('FULL_COPY')?.finishedAt
    if (killedAt && finishedAt && finishedAt > killedAt) return kills
    display.print(['  ', ['yellow', '!'], ' The full copy was done before Godwit could be killed'])
    return []
  }

  /** Kills who has the migration, and waits until somebody else has it or the same has come back. */
  async #kill(moment: KillMoment): Promise<Kill> {
    const { godwit, display } = this.#options
    const { worker } = await this.#watch.until((state) => state.worker !== null)
    const killed = await godwit.kill(worker ?? '')
    if (!killed.hasColleagues) {
      await killed.restart()
      display.print(['  ', ['yellow', '⚡'], ' Godwit killed with SIGKILL, and started again'])
      return { moment, worker: worker ?? '', successor: null }
    }
    display.print(['  ', ['yellow', '⚡'], ` Worker ${worker} killed with SIGKILL`])
    const { worker: successor } = await this.#watch.until(
      (state) => state.worker !== null && state.worker !== worker,
    )
    display.print(['  ', ['green', '✓'], ` Worker ${successor} took over`])
    await killed.restart()
    return { moment, worker: worker ?? '', successor }
  }
}
