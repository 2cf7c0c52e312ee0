/** A worker in a process of its own, for tests that kill it. Told by its environment; stops as the program does. */
import { flushCompileCache } from 'node:module'
import { pino } from 'pino'
import { stopOnSignals } from '../../api/stop-on-signals.ts'
import { openControlStores } from '../../db/index.ts'
import { defaultRetryPolicy, runWorker } from '../../engine/index.ts'
import type { WorkerSettings } from './worker-process.ts'

const settings: WorkerSettings = JSON.parse(process.env.TEST_WORKER ?? '{}')
// Of whoever is killed later, nothing would be kept.
flushCompileCache()
const log = pino({ level: settings.logLevel }, pino.destination(2))
const stop = stopOnSignals(log)
{
  await using stores = await openControlStores({
    databaseUrl: settings.databaseUrl,
    secretKey: Buffer.from(settings.secretKey, 'hex'),
    log,
  })
  const options = {
    owner: `${settings.name}-${process.pid}`,
    leaseTtlMs: settings.leaseTtlMs,
    maxMigrations: settings.maxMigrations,
    pollMs: 100,
    retryPolicy: { ...defaultRetryPolicy, maxDelayMs: 2_000 },
    copySessions: 2,
    ...(settings.webhooks && { webhooks: settings.webhooks }),
  }
  await runWorker({ stores, options, log: log.child({ owner: options.owner }) }, stop)
}
process.exit()
