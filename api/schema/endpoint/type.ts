import { type ConnectionTest, connectionStages, type Endpoint, type TlsMode } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'

export const TlsModeEnum = builder.enumType('TlsMode', {
  description: 'How the connection is secured, by the names of libpq.',
  values: {
    DISABLE: { value: 'disable' },
    PREFER: { value: 'prefer', description: 'TLS when the server offers it; nothing is checked.' },
    REQUIRE: { value: 'require', description: 'Encrypted; the certificate is not checked.' },
    VERIFY_CA: { value: 'verify-ca', description: 'The certificate must be signed by the CA.' },
    VERIFY_FULL: { value: 'verify-full', description: 'Also, it must be that of the host.' },
  } as const satisfies Record<string, { value: TlsMode; description?: string }>,
})

export const EndpointRef = builder.loadableNodeRef<Endpoint>('Endpoint', {
  id: { resolve: ({ id }) => id },
  load: async (ids, { stores }) =>
    (await stores.endpoints.findMany(ids)).filter((endpoint) => endpoint !== null),
  toKey: ({ id }) => id,
  sort: true,
  // Only gathers the ids of one moment: the context of a subscription lives long, and must not show old state.
  loaderOptions: { cache: false },
})

EndpointRef.implement({
  description: 'A database server, by name. Its password and keys go in and never come out.',
  fields: (t) => ({
    name: t.exposeString('name'),
    host: t.exposeString('host'),
    port: t.exposeInt('port'),
    database: t.exposeString('database'),
    user: t.exposeString('user'),
    tlsMode: t.expose('tlsMode', { type: TlsModeEnum }),
    hasPassword: t.exposeBoolean('hasPassword'),
    hasCa: t.exposeBoolean('hasCa'),
    hasClientCertificate: t.exposeBoolean('hasClientCertificate'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

const ConnectionStageEnum = builder.enumType('ConnectionStage', {
  description: 'The stages of reaching a database for replication, in their order.',
  values: connectionStages,
})

const StageOutcome = builder.enumType('ConnectionStageOutcome', {
  values: {
    PASSED: { value: 'passed' },
    FAILED: { value: 'failed' },
    SKIPPED: { value: 'skipped', description: 'An earlier stage has failed, or it is not used.' },
  } as const,
})

const StageResult = builder.objectRef<ConnectionTest['stages'][number]>('ConnectionStageResult').implement({
  fields: (t) => ({
    stage: t.expose('stage', { type: ConnectionStageEnum }),
    outcome: t.expose('outcome', { type: StageOutcome }),
    detail: t.exposeString('detail', {
      description: 'What was seen: an address, a version, or why it failed.',
    }),
    remedy: t.exposeString('remedy', { nullable: true }),
    duration: t.field({ type: 'Duration', resolve: ({ durationMs }) => durationMs }),
  }),
})

export const ConnectionTestRef = builder.objectRef<ConnectionTest>('ConnectionTest').implement({
  description: 'What happened when Godwit tried to reach a database.',
  fields: (t) => ({
    ok: t.exposeBoolean('ok'),
    stages: t.expose('stages', { type: [StageResult] }),
    serverVersion: t.exposeString('serverVersion', {
      nullable: true,
      description: 'As the server prints it; null when it was not reached.',
    }),
  }),
})
