import { builder } from '../../builder.ts'
import { followLag } from '../../subscriptions/index.ts'
import { requireMigration } from '../migration/find.ts'
import { LagSampleRef } from './type.ts'

builder.subscriptionField('lag', (t) =>
  t.field({
    type: LagSampleRef,
    authScopes: { read: true },
    description: 'The latest lag sample of a migration, and each newer one.',
    args: { id: t.arg.id({ required: true, description: 'Global id, UUID or short id.' }) },
    subscribe: async (_root, { id }, context) =>
      followLag(context, (await requireMigration(id, context.stores)).id),
    resolve: (sample) => sample,
  }),
)
