import type { Endpoint } from '../../../engine/index.ts'
import { commandContext } from '../../auth/index.ts'
import { builder } from '../../builder.ts'
import { answer } from '../errors/index.ts'
import { readId } from '../ids/index.ts'
import { readConnectionChange, TlsInput } from './connection-input.ts'
import { EndpointRef } from './type.ts'

const ConnectionChangeInput = builder.inputType('ConnectionChangeInput', {
  description: 'What is absent stays.',
  fields: (t) => ({
    host: t.string(),
    port: t.int(),
    database: t.string(),
    user: t.string(),
    password: t.string({ description: 'Goes in and never comes out.' }),
    tls: t.field({ type: TlsInput, description: 'Replaces all of it: mode and certificates.' }),
  }),
})

const UpdateEndpointInput = builder.inputType('UpdateEndpointInput', {
  description: 'What is absent stays.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id or UUID.' }),
    name: t.string(),
    connection: t.field({ type: ConnectionChangeInput }),
    idempotencyKey: t.string(),
  }),
})

const UpdateEndpointPayload = builder.objectRef<Endpoint>('UpdateEndpointPayload').implement({
  fields: (t) => ({ endpoint: t.field({ type: EndpointRef, resolve: (endpoint) => endpoint }) }),
})

builder.mutationField('updateEndpoint', (t) =>
  t.field({
    type: UpdateEndpointPayload,
    errors: {},
    authScopes: { operate: true },
    description:
      'Changes an endpoint. Host, port, database and user stay while a migration that has looked at the database uses it;' +
      ' a migration that runs takes a new password or TLS with its next connections.',
    args: { input: t.arg({ type: UpdateEndpointInput, required: true }) },
    resolve: answer(({ id, name, connection, idempotencyKey }, { stores, viewer }) =>
      stores.endpoints.update(
        readId('Endpoint', id, 'id'),
        { ...(name != null && { name }), ...readConnectionChange(connection ?? {}) },
        commandContext(viewer, idempotencyKey),
      ),
    ),
  }),
)
