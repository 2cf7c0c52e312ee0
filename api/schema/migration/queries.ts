import { builder, readCost } from '../../builder.ts'
import { readMigrationId } from '../ids/index.ts'
import { readPageRequest, toConnection } from '../paging/index.ts'
import { MigrationRef } from './ref.ts'
import { StatusEnum } from './type.ts'

const MigrationFilter = builder.inputType('MigrationFilter', {
  fields: (t) => ({ statuses: t.field({ type: [StatusEnum], description: 'Absent: all.' }) }),
})

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
      args: { filter: t.arg({ type: MigrationFilter }) },
      resolve: async (_root, { filter, ...paging }, { stores }) => {
        const statuses = filter?.statuses
        return toConnection(
          await stores.migrations.list(statuses == null ? {} : { statuses }, readPageRequest(paging)),
        )
      },
    },
    { name: 'MigrationConnection' },
    { name: 'MigrationEdge' },
  ),
}))
