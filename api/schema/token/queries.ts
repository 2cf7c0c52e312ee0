import { builder } from '../../builder.ts'
import { readPageRequest, toConnection } from '../paging/index.ts'
import { ApiTokenRef, ViewerRef } from './type.ts'

builder.queryFields((t) => ({
  me: t.field({ type: ViewerRef, authScopes: { read: true }, resolve: (_root, _args, { viewer }) => viewer }),
  apiTokens: t.connection(
    {
      type: ApiTokenRef,
      authScopes: { admin: true },
      description: 'Newest first; those that were revoked too.',
      resolve: async (_root, args, { stores }) =>
        toConnection(await stores.tokens.list(readPageRequest(args))),
    },
    { name: 'ApiTokenConnection' },
    { name: 'ApiTokenEdge' },
  ),
}))
