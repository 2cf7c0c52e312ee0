import type { Logger } from 'pino'
import type { Tick } from '../ticks/index.ts'
import { defaultWebhookSettings, webhookTicks } from '../webhook/index.ts'
import type { WorkerOptions, WorkerStores } from './context.ts'
import { planTicks } from './plan-ticks.ts'
import { windowTicks } from './window-ticks.ts'

/** What every worker looks after beside the migrations that it owns. */
export function ticksOf({
  stores,
  options,
  log,
}: {
  readonly stores: WorkerStores
  readonly options: WorkerOptions
  readonly log: Logger
}): readonly Tick[] {
  const webhooks = { ...defaultWebhookSettings, ...options.webhooks }
  return [
    ...webhookTicks({ queue: stores.webhookQueue, settings: webhooks, log }),
    ...planTicks(stores.cutovers),
    ...windowTicks(stores.cutoverWindows),
    { name: 'alarms', pattern: '*/2 * * * * *', run: (signal) => stores.alarms.evaluate(signal) },
  ]
}
