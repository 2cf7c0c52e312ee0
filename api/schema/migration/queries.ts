import { builder, readCost } from '../../builder.ts'
import { readMigrationId } from '../ids/index.ts'
import { readPageRequest, toConnection } from '../paging/index.ts'
import { MigrationFilterInput, readFilter } from './filter.ts'
import { MigrationRef } from './ref.ts'

builder.queryFields((t) => ({
  migration: t.field({
    type: MigrationRef,
    nullable: true,
    authScopes: { read: true },
    complexity: readCost,
    args: { id: t.arg.id({ required: true, description: 'Global id, UUID or short id.' }) },
    resolve: (_root, { id }, { stores }) => stores.migrations.find(readMigrationId(id)),
  }),
  migrations: t.connection(
    {
      type: MigrationRef,
      authScopes: { read: true },
      description: 'Newest first.',
      args: { filter: t.arg({ type: MigrationFilterInput }) },
      resolve: async (_root, { filter, ...paging }, { stores }) =>
        toConnection(await stores.migrations.list(readFilter(filter), readPageRequest(paging))),
    },
    { name: 'MigrationConnection' },
    { name: 'MigrationEdge' },
  ),
}))
