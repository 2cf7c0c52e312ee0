import { builder, readCost } from '../../builder.ts'
import { readId } from '../ids/index.ts'
import { readPageRequest, toConnection } from '../paging/index.ts'
import { WebhookRef } from './type.ts'

builder.queryFields((t) => ({
  webhook: t.field({
    type: WebhookRef,
    nullable: true,
    authScopes: { admin: true },
    complexity: readCost,
    args: { id: t.arg.id({ required: true, description: 'Global id or UUID.' }) },
    resolve: (_root, { id }, { stores }) => stores.webhooks.find(readId('Webhook', id, 'id')),
  }),
  webhooks: t.connection(
    {
      type: WebhookRef,
      authScopes: { admin: true },
      description: 'Newest first.',
      resolve: async (_root, args, { stores }) =>
        toConnection(await stores.webhooks.list(readPageRequest(args))),
    },
    { name: 'WebhookConnection' },
    { name: 'WebhookEdge' },
  ),
}))
