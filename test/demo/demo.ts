/** The demo from its first server to its last. */
import { compareShops } from './compare.ts'
import type { Display } from './display/index.ts'
import { step } from './display/step.ts'
import { controlDatabaseUrl, type GodwitProcess, startGodwit } from './godwit-process.ts'
import { startLoad } from './load/index.ts'
import { migrateShop } from './migrate.ts'
import type { DemoOptions } from './options.ts'
import { findingsOf, printReport } from './report.ts'
import { type DemoServers, makeDemoDirectory } from './servers.ts'
import { serveShop } from './serve-shop.ts'
import type { ShopSize } from './shop/index.ts'

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
  await using servers = await serveShop(
    { directory: directory.path, sizeMb: options.sizeMb, display },
    signal,
  )
  await using godwit = await step(
    display,
    'Starting Godwit',
    () => startGodwit({ directory: directory.path, workers: options.workers }, signal),
    ({ graphqlUrl }) => `Godwit at ${graphqlUrl}${describeWorkers(options.workers)}`,
  )
  const stage = { servers, godwit }
  try {
    return await moveShop(
      options,
      { stage, size: servers.size, display },
      AbortSignal.any([signal, godwit.died]),
    )
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
  const input = { outcome, ...(await compareShops({ servers, load, display })) }
  display.print([])
  printReport(display, input)
  display.print([])
  return findingsOf(input).length === 0
}

function describeWorkers(workers: number): string {
  return workers === 1 ? '' : `, and ${workers} workers`
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
