import type { ApiToken } from '../../../engine/index.ts'
import { commandContext } from '../../auth/index.ts'
import { builder } from '../../builder.ts'
import { answer } from '../errors/index.ts'
import { readId } from '../ids/index.ts'
import { ApiTokenRef, ScopeEnum } from './type.ts'

const CreateApiTokenInput = builder.inputType('CreateApiTokenInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    scopes: t.field({ type: [ScopeEnum], required: true }),
    expiresAt: t.field({ type: 'DateTime', description: 'Absent: never.' }),
    idempotencyKey: t.string(),
  }),
})

interface CreatedToken {
  readonly token: ApiToken
  readonly secret: string | null
}

const CreateApiTokenPayload = builder.objectRef<CreatedToken>('CreateApiTokenPayload').implement({
  fields: (t) => ({
    token: t.expose('token', { type: ApiTokenRef }),
    secret: t.exposeString('secret', {
      nullable: true,
      description: 'What goes behind `Bearer`. Shown this once: null when the call repeats an earlier one.',
    }),
  }),
})

builder.mutationField('createApiToken', (t) =>
  t.field({
    type: CreateApiTokenPayload,
    errors: {},
    authScopes: { admin: true },
    args: { input: t.arg({ type: CreateApiTokenInput, required: true }) },
    resolve: answer(({ name, scopes, expiresAt, idempotencyKey }, { stores, viewer }) =>
      stores.tokens.create(
        { name, scopes, ...(expiresAt != null && { expiresAt }) },
        commandContext(viewer, idempotencyKey),
      ),
    ),
  }),
)

const RevokeApiTokenInput = builder.inputType('RevokeApiTokenInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id or UUID.' }),
    idempotencyKey: t.string(),
  }),
})

const RevokeApiTokenPayload = builder.objectRef<ApiToken>('RevokeApiTokenPayload').implement({
  fields: (t) => ({ token: t.field({ type: ApiTokenRef, resolve: (token) => token }) }),
})

builder.mutationField('revokeApiToken', (t) =>
  t.field({
    type: RevokeApiTokenPayload,
    errors: {},
    authScopes: { admin: true },
    description: 'Ends the access of a token at once, and its subscriptions within seconds.',
    args: { input: t.arg({ type: RevokeApiTokenInput, required: true }) },
    resolve: answer(({ id, idempotencyKey }, { stores, viewer }) =>
      stores.tokens.revoke(readId('ApiToken', id, 'id'), commandContext(viewer, idempotencyKey)),
    ),
  }),
)
