import type { Logger } from 'pino'
import { runTicks } from '../ticks/index.ts'
import type { WebhookSettings } from '../webhook/index.ts'
import type { WorkerStores } from './context.ts'
import { watchTicks } from './ticks.ts'

/**
 * What a process without a worker looks after until `signal` aborts: that alarms are raised and webhooks sent, also
 * when every worker is gone. Any number of processes may do so at once.
 */
export async function lookAfter(
  deps: {
    readonly stores: Pick<WorkerStores, 'webhookQueue' | 'alarms'>
    readonly webhooks?: Partial<WebhookSettings>
    readonly log: Logger
  },
  signal: AbortSignal,
): Promise<void> {
  await runTicks(watchTicks(deps), deps.log, signal)
}
