import { builder, readCost } from '../../builder.ts'
import { readId } from '../ids/index.ts'
import { readPageRequest, toConnection } from '../paging/index.ts'
import { EndpointRef } from './type.ts'

builder.queryFields((t) => ({
  endpoint: t.field({
    type: EndpointRef,
    nullable: true,
    authScopes: { read: true },
    complexity: readCost,
    args: { id: t.arg.id({ required: true, description: 'Global id or UUID.' }) },
    resolve: (_root, { id }, { stores }) => stores.endpoints.find(readId('Endpoint', id, 'id')),
  }),
  endpoints: t.connection(
    {
      type: EndpointRef,
      authScopes: { read: true },
      description: 'Newest first.',
      resolve: async (_root, args, { stores }) =>
        toConnection(await stores.endpoints.list(readPageRequest(args))),
    },
    { name: 'EndpointConnection' },
    { name: 'EndpointEdge' },
  ),
}))
