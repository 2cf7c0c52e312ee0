import { readFile } from 'node:fs/promises'
import { GraphQLObjectType, lexicographicSortSchema, printSchema } from 'graphql'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { schema } from '../../api/schema/index.ts'

const rootFields = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  .filter((type): type is GraphQLObjectType => type instanceof GraphQLObjectType)
  .flatMap((type) =>
    Object.values(type.getFields()).map((field) => ({ name: `${type.name}.${field.name}`, field })),
  )

test('the committed schema is what the code says', async () => {
  const committed = await readFile(new URL('../../api/schema.graphql', import.meta.url), 'utf8')
  expect(committed).toBe(`${printSchema(lexicographicSortSchema(schema))}\n`)
})

test('every root field says which scope it needs', () => {
  const scopes = Object.fromEntries(
    rootFields.map(({ name, field }) => {
      const options = z.object({ authScopes: z.record(z.string(), z.literal(true)) })
      return [name, Object.keys(options.parse(field.extensions['pothosOptions']).authScopes).join()]
    }),
  )
  expect(scopes).toEqual({
    'Query.alarm': 'read',
    'Query.alarms': 'read',
    'Query.apiTokens': 'admin',
    'Query.approvalRules': 'read',
    'Query.approverGroups': 'read',
    'Query.auditLog': 'admin',
    'Query.botRecord': 'approve',
    'Query.botRecords': 'approve',
    'Query.endpoint': 'read',
    'Query.endpoints': 'read',
    'Query.latestEventCursor': 'read',
    'Query.me': 'read',
    'Query.migration': 'read',
    'Query.migrations': 'read',
    'Query.mutePreview': 'read',
    'Query.node': 'read',
    'Query.nodes': 'read',
    'Query.queue': 'read',
    'Query.webhook': 'admin',
    'Query.webhooks': 'admin',
    'Mutation.acknowledgeAlarm': 'operate',
    'Mutation.approveCutover': 'approve',
    'Mutation.cancelMigration': 'operate',
    'Mutation.cloneMigration': 'operate',
    'Mutation.completeMigration': 'operate',
    'Mutation.forgetFence': 'approve',
    'Mutation.createApiToken': 'admin',
    'Mutation.createApprovalRule': 'admin',
    'Mutation.createEndpoint': 'operate',
    'Mutation.createMigration': 'operate',
    'Mutation.createPasswordLink': 'operate',
    'Mutation.createWebhook': 'admin',
    'Mutation.deleteApprovalRule': 'admin',
    'Mutation.deleteApproverGroup': 'admin',
    'Mutation.deleteBotRecord': 'approve',
    'Mutation.deleteEndpoint': 'operate',
    'Mutation.deleteWebhook': 'admin',
    'Mutation.deleteMigration': 'operate',
    'Mutation.muteAlarms': 'operate',
    'Mutation.pauseMigration': 'operate',
    'Mutation.planCutover': 'operate',
    'Mutation.rejectCutover': 'approve',
    'Mutation.putBotRecord': 'approve',
    'Mutation.redeliverDead': 'admin',
    'Mutation.redeliverWebhook': 'admin',
    'Mutation.resumeMigration': 'operate',
    'Mutation.retryMigration': 'operate',
    'Mutation.revokeApiToken': 'admin',
    'Mutation.scheduleMigration': 'operate',
    'Mutation.setCutoverWindow': 'operate',
    'Mutation.setMigrationPriority': 'operate',
    'Mutation.setApproverGroup': 'admin',
    'Mutation.startMigration': 'operate',
    'Mutation.testConnection': 'operate',
    'Mutation.testEndpoint': 'operate',
    'Mutation.unscheduleMigration': 'operate',
    'Mutation.updateEndpoint': 'operate',
    'Mutation.updateMigration': 'operate',
    'Mutation.updateQueueSettings': 'admin',
    'Mutation.rotateWebhookSecret': 'admin',
    'Mutation.testWebhook': 'admin',
    'Mutation.updateWebhook': 'admin',
    'Mutation.setAlarmRules': 'operate',
    'Mutation.unmuteAlarms': 'operate',
    'Mutation.updateApprovalRule': 'admin',
    'Mutation.verifyMigration': 'operate',
    'Subscription.events': 'read',
    'Subscription.lag': 'read',
    'Subscription.migration': 'read',
    'Subscription.migrationEvents': 'read',
  })
})

test.each(rootFields)('$name refuses a token without scopes', async ({ name, field }) => {
  const run = name.startsWith('Subscription.') ? field.subscribe : field.resolve
  const context = { viewer: { token: { scopes: [] }, scopes: [], narrowedTo: null } }
  const info = { parentType: { name: 'Root' }, fieldName: field.name, path: { key: field.name } }
  // As GraphQL would call it, but for what the check of scopes does not look at.
  const call = async (): Promise<unknown> => Reflect.apply(run!, undefined, [{}, {}, context, info])
  await expect(call()).rejects.toMatchObject({ code: 'FORBIDDEN' })
})

test('every mutation takes one input and answers with a payload or errors of the interface UserError', () => {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    expect(field.args.map(({ name }) => name)).toEqual(['input'])
    const union = schema.getType(`${field.name.charAt(0).toUpperCase()}${field.name.slice(1)}Result`)
    const names = union && 'getTypes' in union ? union.getTypes().map((type) => type.name) : []
    const [payload, ...others] = [...names].sort(
      (a, b) => Number(b.endsWith('Payload')) - Number(a.endsWith('Payload')),
    )
    expect(payload?.toLowerCase()).toBe(`${field.name}payload`.toLowerCase())
    for (const name of others) {
      const type = schema.getType(name)
      expect(type instanceof GraphQLObjectType && type.getInterfaces().map((each) => each.name)).toEqual([
        'UserError',
      ])
    }
  }
})

test('no output type has a field for a secret of an endpoint', () => {
  const fields = Object.values(schema.getTypeMap())
    .filter((type) => type instanceof GraphQLObjectType)
    .flatMap((type) => Object.keys(type.getFields()).map((name) => `${type.name}.${name}`))
  expect(fields.filter((name) => /\.(password|ca|clientKey|clientCertificate)$/i.test(name))).toEqual([])
})
