import type { AuditEntry } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'
import { ActorRef } from '../actor/index.ts'
import { encodeId } from '../ids/index.ts'
import { readPageRequest, toConnection } from '../paging/index.ts'

const AuditEntryRef = builder.objectRef<AuditEntry>('AuditEntry').implement({
  description: 'Who did what.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('AuditEntry', id) }),
    at: t.expose('at', { type: 'DateTime' }),
    actor: t.expose('actor', { type: ActorRef }),
    operation: t.exposeString('operation', { description: 'Such as `migration.start`.' }),
    subjectId: t.exposeID('subjectId', { nullable: true, description: 'The UUID of what was changed.' }),
    details: t.expose('details', { type: 'JSON' }),
  }),
})

builder.queryField('auditLog', (t) =>
  t.connection(
    {
      type: AuditEntryRef,
      authScopes: { admin: true },
      description: 'Newest first.',
      resolve: async (_root, args, { stores }) =>
        toConnection(await stores.audit.list(readPageRequest(args))),
    },
    { name: 'AuditEntryConnection' },
    { name: 'AuditEntryEdge' },
  ),
)
