import type { ConnectionTest, Endpoint } from '../../../engine/index.ts'
import { commandContext } from '../../auth/index.ts'
import { builder } from '../../builder.ts'
import { answer } from '../errors/index.ts'
import { encodeId, readId } from '../ids/index.ts'
import { ConnectionInput, readConnection } from './connection-input.ts'
import { ConnectionTestRef, EndpointRef } from './type.ts'

const CreateEndpointInput = builder.inputType('CreateEndpointInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    connection: t.field({ type: ConnectionInput, required: true }),
    idempotencyKey: t.string(),
  }),
})

const CreateEndpointPayload = builder.objectRef<Endpoint>('CreateEndpointPayload').implement({
  fields: (t) => ({ endpoint: t.field({ type: EndpointRef, resolve: (endpoint) => endpoint }) }),
})

builder.mutationField('createEndpoint', (t) =>
  t.field({
    type: CreateEndpointPayload,
    errors: {},
    authScopes: { operate: true },
    description: 'Keeps how to reach a database, under a name. Nothing is connected to.',
    args: { input: t.arg({ type: CreateEndpointInput, required: true }) },
    resolve: answer(({ name, connection, idempotencyKey }, { stores, viewer }) =>
      stores.endpoints.create(
        { name, connection: readConnection(connection) },
        commandContext(viewer, idempotencyKey),
      ),
    ),
  }),
)

const DeleteEndpointInput = builder.inputType('DeleteEndpointInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id or UUID.' }),
    idempotencyKey: t.string(),
  }),
})

const DeleteEndpointPayload = builder.objectRef<{ id: string }>('DeleteEndpointPayload').implement({
  fields: (t) => ({ deletedEndpointId: t.id({ resolve: ({ id }) => encodeId('Endpoint', id) }) }),
})

builder.mutationField('deleteEndpoint', (t) =>
  t.field({
    type: DeleteEndpointPayload,
    errors: {},
    authScopes: { operate: true },
    args: { input: t.arg({ type: DeleteEndpointInput, required: true }) },
    resolve: answer(async (input, { stores, viewer }) => {
      const id = readId('Endpoint', input.id, 'id')
      await stores.endpoints.delete(id, commandContext(viewer, input.idempotencyKey))
      return { id }
    }),
  }),
)

const TestEndpointInput = builder.inputType('TestEndpointInput', {
  fields: (t) => ({ id: t.id({ required: true, description: 'Global id or UUID.' }) }),
})

const TestEndpointPayload = builder.objectRef<ConnectionTest>('TestEndpointPayload').implement({
  fields: (t) => ({ test: t.field({ type: ConnectionTestRef, resolve: (test) => test }) }),
})

builder.mutationField('testEndpoint', (t) =>
  t.field({
    type: TestEndpointPayload,
    errors: {},
    authScopes: { operate: true },
    description: 'Tries to reach the database of an endpoint, with the stored password.',
    args: { input: t.arg({ type: TestEndpointInput, required: true }) },
    resolve: answer(async ({ id }, { stores, testConnection, clientGone }) =>
      testConnection(await stores.endpoints.connection(readId('Endpoint', id, 'id')), clientGone),
    ),
  }),
)

const TestConnectionInput = builder.inputType('TestConnectionInput', {
  fields: (t) => ({ connection: t.field({ type: ConnectionInput, required: true }) }),
})

const TestConnectionPayload = builder.objectRef<ConnectionTest>('TestConnectionPayload').implement({
  fields: (t) => ({ test: t.field({ type: ConnectionTestRef, resolve: (test) => test }) }),
})

builder.mutationField('testConnection', (t) =>
  t.field({
    type: TestConnectionPayload,
    errors: {},
    authScopes: { operate: true },
    description: 'Tries to reach a database before an endpoint is made of it. Nothing is kept.',
    args: { input: t.arg({ type: TestConnectionInput, required: true }) },
    resolve: answer(async ({ connection }, { testConnection, clientGone }) =>
      testConnection(readConnection(connection), clientGone),
    ),
  }),
)
