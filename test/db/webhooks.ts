import type {
  ClaimedDelivery,
  ControlStores,
  NewWebhook,
  Webhook,
  WebhookDelivery,
} from '../../engine/index.ts'
import { waitFor } from '../support/servers.ts'
import { alice } from './fixtures.ts'

export const all = { eventTypes: null, migrationIds: null, tags: null }

export async function createWebhook(
  stores: ControlStores,
  overrides: Partial<NewWebhook> = {},
): Promise<Webhook> {
  const input = { name: 'pager', url: 'https://hooks.example/pager?token=hunter2', ...all, ...overrides }
  return (await stores.webhooks.create(input, alice)).webhook
}

export async function readDeliveries(
  stores: ControlStores,
  { id }: Webhook,
): Promise<readonly WebhookDelivery[]> {
  const page = await stores.webhooks.deliveries(id, {}, { last: 100 })
  return page.items.map(({ item }) => item).reverse()
}

/** The deliveries, oldest first, once there are so many: transactions of other tests hold up the feed. */
export async function fanOut(
  stores: ControlStores,
  webhook: Webhook,
  count: number,
): Promise<readonly WebhookDelivery[]> {
  let found: readonly WebhookDelivery[] = []
  await waitFor(
    async () => {
      while (await stores.webhookQueue.fanOut()) continue
      found = await readDeliveries(stores, webhook)
      return found.length >= count
    },
    { describe: () => `${count} deliveries, and found ${found.length}` },
  )
  return found
}

export async function claimOne({ webhookQueue }: ControlStores, claimMs = 60_000): Promise<ClaimedDelivery> {
  const [claimed] = await webhookQueue.claim(10, claimMs)
  if (claimed === undefined) throw new Error('there is nothing to claim')
  return claimed
}
