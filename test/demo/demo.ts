/** The demo from its first server to its last. */
import { compareDatabases } from '../support/compare-databases.ts'
import { settingsOf } from '../support/connection.ts'
import type { Display } from './display/index.ts'
import { formatBytes, formatDuration } from './display/format.ts'
import { waitingView } from './display/waiting-view.ts'
import { controlDatabaseUrl, type GodwitProcess, startGodwit } from './godwit-process.ts'
import { inspectShops } from './inspect.ts'
import { balanceLedger } from './ledger.ts'
import { startLoad } from './load/index.ts'
import { migrateShop } from './migrate.ts'
import type { DemoOptions } from './options.ts'
import { findingsOf, printReport } from './report.ts'
import { type DemoDatabase, type DemoServers, makeDemoDirectory, startServers } from './servers.ts'
import { createShop, type ShopSize } from './shop/index.ts'

/** Where a demo's servers are, for those who want to look at them. */
interface Stage {
  readonly servers: DemoServers
  readonly godwit: GodwitProcess
}

/**
 * Runs the demo, and removes everything that it made.
 * @param onFailure told of an error while everything is still up
 * @returns whether the target is as the source
 */
export async function runDemo(
  options: DemoOptions,
  display: Display,
  onFailure: (error: unknown, godwit: GodwitProcess) => Promise<void>,
  signal: AbortSignal,
): Promise<boolean> {
  await using directory = await makeDemoDirectory()
  await using servers = await step(
    display,
    'Starting two PostgreSQL servers',
    () => startServers(directory.path, signal),
    ({ source, target }) =>
      `PostgreSQL ${source.serverVersion} on port ${source.port} and ${target.serverVersion} on port ${target.port}`,
  )
  signal.throwIfAborted()
  const size = await step(
    display,
    `Filling the shop with ${options.sizeMb} MB`,
    () => createShop(servers.source.url, options.sizeMb, signal),
    describeShop,
  )
  signal.throwIfAborted()
  await using godwit = await step(
    display,
    'Starting Godwit',
    () => startGodwit({ directory: directory.path, workers: options.workers }, signal),
    ({ graphqlUrl }) => `Godwit at ${graphqlUrl}${describeWorkers(options.workers)}`,
  )
  const stage = { servers, godwit }
  try {
    return await moveShop(options, { stage, size, display }, AbortSignal.any([signal, godwit.died]))
  } catch (error) {
    if (signal.aborted) throw error
    await onFailure(error, godwit)
    return false
  } finally {
    if (options.keep && !signal.aborted) await keepUp(stage, display, signal)
    display.print([['dim', 'Stopping everything and removing it']])
  }
}

interface Scene {
  readonly stage: Stage
  readonly size: ShopSize
  readonly display: Display
}

async function moveShop(options: DemoOptions, scene: Scene, signal: AbortSignal): Promise<boolean> {
  const { servers, godwit } = scene.stage
  const { display } = scene
  await using load = await startLoad({ url: servers.source.url, rate: options.rate })
  display.print(['  ', ['green', '✓'], ` Write load of ${options.rate} transactions a second`])
  const outcome = await migrateShop(
    { godwit, servers, sourceBytes: scene.size.databaseBytes, load, kill: options.kill, display },
    signal,
  )
  const compared = await step(
    display,
    'Comparing every row',
    async () => {
      const { tables } = await compareDatabases(
        engineSettings(servers.source),
        engineSettings(servers.target),
      )
      const ledger = await balanceLedger(servers.target, load.ledger)
      return { tables, ledger, inspection: await inspectShops(servers) }
    },
    ({ tables }) => `Compared ${tables.length} tables row by row`,
  )
  const input = { outcome, load, ...compared }
  display.print([])
  printReport(display, input)
  display.print([])
  return findingsOf(input).length === 0
}

function engineSettings(database: DemoDatabase) {
  return settingsOf({ ...database, name: database.database })
}

function describeWorkers(workers: number): string {
  return workers === 1 ? '' : `, and ${workers} workers`
}

function describeShop({ tables, databaseBytes }: ShopSize): string {
  return `A shop of ${tables} tables, ${formatBytes(databaseBytes)}`
}

/** Shows that something is being done, and then for how long it was. */
async function step<T>(
  display: Display,
  title: string,
  work: () => Promise<T>,
  describe: (result: T) => string,
): Promise<T> {
  const startedMs = performance.now()
  display.follow(waitingView(title))
  let result: T
  try {
    result = await work()
  } finally {
    display.follow(null)
  }
  const took = formatDuration(performance.now() - startedMs)
  display.print(['  ', ['green', '✓'], ` ${describe(result)} `, ['dim', `(${took})`]])
  return result
}

async function keepUp({ servers, godwit }: Stage, display: Display, signal: AbortSignal): Promise<void> {
  display.print([['bold', 'Everything stays up until Ctrl-C']])
  display.print([`  Source    ${servers.source.url}`])
  display.print([`  Target    ${servers.target.url}`])
  display.print([`  Control   ${await controlDatabaseUrl(godwit.dataDir)}`])
  display.print([`  GraphQL   ${godwit.graphqlUrl}`])
  display.print([`  Token     ${godwit.token}`])
  display.print([`  Log       ${godwit.logFile}`])
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => undefined, 60_000)
    signal.addEventListener(
      'abort',
      () => {
        clearInterval(timer)
        resolve()
      },
      { once: true },
    )
  })
}
