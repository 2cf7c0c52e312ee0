import type { ApiToken, Scope } from '../../../engine/index.ts'
import type { Viewer } from '../../auth/index.ts'
import { builder } from '../../builder.ts'
import { encodeId } from '../ids/index.ts'

export const ScopeEnum = builder.enumType('Scope', {
  description: 'What a token may do. Each scope includes those before it.',
  values: {
    READ: { value: 'read', description: 'See everything but tokens, webhooks and the audit log.' },
    OPERATE: { value: 'operate', description: 'Change endpoints and migrations.' },
    APPROVE: { value: 'approve', description: 'Approve, and act on behalf of a person.' },
    ADMIN: { value: 'admin', description: 'Manage tokens and webhooks, and read the audit log.' },
  } as const satisfies Record<string, { value: Scope; description: string }>,
})

export const ApiTokenRef = builder.objectRef<ApiToken>('ApiToken').implement({
  description: 'Lets a program in. Its secret was shown when it was created, and never again.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('ApiToken', id) }),
    name: t.exposeString('name'),
    isBuiltIn: t.exposeBoolean('isBuiltIn', {
      description:
        'Of the Slack bot that runs beside the API. Nobody has its secret; it cannot be revoked, and expires ten minutes after the last' +
        ' process with Slack settings has ended.',
    }),
    scopes: t.expose('scopes', { type: [ScopeEnum] }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true }),
    lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true }),
  }),
})

export const ViewerRef = builder.objectRef<Viewer>('Viewer').implement({
  description: 'Who is calling.',
  fields: (t) => ({
    token: t.expose('token', { type: ApiTokenRef }),
    scopes: t.field({
      type: [ScopeEnum],
      description:
        'Those in effect: of the token, with those that they include, and no more than the header X-Godwit-Scope says.',
      resolve: (viewer) => viewer.scopes,
    }),
    narrowedTo: t.field({
      type: ScopeEnum,
      nullable: true,
      description: 'The scope named in the header X-Godwit-Scope, or the connection parameter scope.',
      resolve: (viewer) => viewer.narrowedTo,
    }),
    onBehalfOf: t.string({
      nullable: true,
      description: 'The person named in the header X-Godwit-On-Behalf-Of.',
      resolve: ({ actor }) => actor.onBehalfOf ?? null,
    }),
  }),
})
