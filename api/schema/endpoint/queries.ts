import { builder, readCost } from '../../builder.ts'
import { readId } from '../ids/index.ts'
import { readPageRequest, toConnection } from '../paging/index.ts'
import { EndpointRef } from './type.ts'

const EndpointFilterInput = builder.inputType('EndpointFilter', {
  description: 'All that is given must hold.',
  fields: (t) => ({ name: t.string({ description: 'Somewhere in its name, in upper or lower case.' }) }),
})

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
      args: { filter: t.arg({ type: EndpointFilterInput }) },
      resolve: async (_root, { filter, ...args }, { stores }) =>
        toConnection(
          await stores.endpoints.list(
            { ...(filter?.name != null && { name: filter.name }) },
            readPageRequest(args),
          ),
        ),
    },
    { name: 'EndpointConnection' },
    { name: 'EndpointEdge' },
  ),
}))
