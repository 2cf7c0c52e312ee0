/** A worker in a process of its own, for tests that kill it. Told by its environment; ends on SIGTERM. */
import { pino } from 'pino'
import { openControlStores } from '../../db/index.ts'
import { defaultRetryPolicy, runWorker } from '../../engine/index.ts'
import type { WorkerSettings } from './worker-process.ts'

const settings: WorkerSettings = JSON.parse(process.env.TEST_WORKER ?? '{}')
const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())

const log = pino({ level: settings.logLevel }, pino.destination(2))
await using stores = await openControlStores({
  databaseUrl: settings.databaseUrl,
  secretKey: Buffer.from(settings.secretKey, 'hex'),
  log,
})
const options = {
  owner: `test-${process.pid}`,
  leaseTtlMs: settings.leaseTtlMs,
  maxMigrations: 4,
  pollMs: 100,
  retryPolicy: { ...defaultRetryPolicy, maxDelayMs: 2_000 },
  copySessions: 2,
  ...(settings.webhooks && { webhooks: settings.webhooks }),
}
await runWorker({ stores, options, log }, stop.signal)
