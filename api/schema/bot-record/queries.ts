import { builder, readCost } from '../../builder.ts'
import { readPageRequest, toConnection } from '../paging/index.ts'
import { BotRecordRef } from './type.ts'

builder.queryFields((t) => ({
  botRecord: t.field({
    type: BotRecordRef,
    nullable: true,
    authScopes: { approve: true },
    complexity: readCost,
    description: 'Null when there is none, or when it has expired.',
    args: {
      namespace: t.arg.string({ required: true }),
      key: t.arg.string({ required: true }),
    },
    resolve: (_root, at, { stores }) => stores.botRecords.find(at),
  }),
  botRecords: t.connection(
    {
      type: BotRecordRef,
      authScopes: { approve: true },
      description: 'Those whose keys begin with the prefix, in the order of their keys, by code points.',
      args: {
        namespace: t.arg.string({ required: true }),
        prefix: t.arg.string({ required: true, defaultValue: '' }),
      },
      resolve: async (_root, { namespace, prefix, ...args }, { stores }) =>
        toConnection(await stores.botRecords.list({ namespace, prefix }, readPageRequest(args))),
    },
    { name: 'BotRecordConnection' },
    { name: 'BotRecordEdge' },
  ),
}))
