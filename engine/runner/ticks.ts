import type { Logger } from 'pino'
import type { Tick } from '../ticks/index.ts'
import { defaultWebhookSettings, webhookTicks, type WebhookSettings } from '../webhook/index.ts'
import type { WorkerOptions, WorkerStores } from './context.ts'
import { botRecordTicks } from './bot-record-ticks.ts'
import { planTicks } from './plan-ticks.ts'
import { slotTicks } from './slot-ticks.ts'
import { windowTicks } from './window-ticks.ts'

/** What every process looks after: alarms and webhooks, for they tell people also when no worker is left. */
export function watchTicks({
  stores,
  webhooks,
  log,
}: {
  readonly stores: Pick<WorkerStores, 'webhookQueue' | 'alarms'>
  readonly webhooks?: Partial<WebhookSettings> | undefined
  readonly log: Logger
}): readonly Tick[] {
  const settings = { ...defaultWebhookSettings, ...webhooks }
  return [
    ...webhookTicks({ queue: stores.webhookQueue, settings, log }),
    { name: 'alarms', pattern: '*/2 * * * * *', run: (signal) => stores.alarms.evaluate(signal) },
  ]
}

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
  return [
    ...watchTicks({ stores, webhooks: options.webhooks, log }),
    ...planTicks(stores.cutovers),
    ...windowTicks(stores.cutoverWindows),
    ...slotTicks({ stores, log }),
    ...botRecordTicks(stores.botRecords),
  ]
}
