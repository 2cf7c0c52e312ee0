import { formatBytes } from './display/format.ts'
import type { Display } from './display/index.ts'
import { step } from './display/step.ts'
import { type DemoServers, startServers } from './servers.ts'
import { createShop, type ShopSize } from './shop/index.ts'

export interface ServedShop extends DemoServers {
  readonly size: ShopSize
}

export interface ShopOptions {
  readonly directory: string
  readonly sizeMb: number
  readonly display: Display
}

/** Starts both servers, and fills the shop on the one it is to be moved from. */
export async function serveShop(options: ShopOptions, signal: AbortSignal): Promise<ServedShop> {
  const { directory, sizeMb, display } = options
  await using starting = new AsyncDisposableStack()
  const servers = starting.use(
    await step(
      display,
      'Starting two PostgreSQL servers',
      () => startServers(directory, signal),
      ({ source, target }) =>
        `PostgreSQL ${source.serverVersion} on port ${source.port} and ${target.serverVersion} on port ${target.port}`,
    ),
  )
  signal.throwIfAborted()
  const size = await step(
    display,
    `Filling the shop with ${sizeMb} MB`,
    () => createShop(servers.source.url, sizeMb, signal),
    ({ tables, databaseBytes }) => `A shop of ${tables} tables, ${formatBytes(databaseBytes)}`,
  )
  signal.throwIfAborted()
  const started = starting.move()
  const { source, target } = servers
  return { source, target, size, [Symbol.asyncDispose]: () => started.disposeAsync() }
}
