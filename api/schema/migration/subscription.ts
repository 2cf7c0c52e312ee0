import { builder } from '../../builder.ts'
import { followMigration } from '../../subscriptions/index.ts'
import { requireMigration } from './find.ts'
import { MigrationRef } from './ref.ts'

builder.subscriptionField('migration', (t) =>
  t.field({
    type: MigrationRef,
    authScopes: { read: true },
    description: 'The migration as it is now, and again whenever it has changed or its progress has.',
    args: { id: t.arg.id({ required: true, description: 'Global id, UUID or short id.' }) },
    subscribe: async (_root, { id }, context) =>
      followMigration(context, (await requireMigration(id, context.stores)).id),
    resolve: (migration) => migration,
  }),
)
