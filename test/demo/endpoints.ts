import { z } from 'zod'
import type { GraphqlClient } from './graphql-client.ts'
import type { DemoDatabase } from './servers.ts'
import { MigrationStuck } from './watch.ts'

const created = z.object({ endpoint: z.object({ id: z.string() }) })

const tested = z.object({
  test: z.object({
    ok: z.boolean(),
    stages: z.array(
      z.object({ stage: z.string(), outcome: z.string(), detail: z.string(), remedy: z.string().nullable() }),
    ),
  }),
})

/**
 * Creates an endpoint for a database and tests it.
 * @returns its id
 */
export async function createEndpoint(
  client: GraphqlClient,
  name: string,
  database: DemoDatabase,
  signal: AbortSignal,
): Promise<string> {
  const { host, port, user, password } = database
  const connection = { host, port, user, password, database: database.database, tls: { mode: 'DISABLE' } }
  const { endpoint } = await client.mutate(
    {
      name: 'createEndpoint',
      input: { name, connection },
      fields: 'endpoint { id }',
      payload: created,
    },
    signal,
  )
  const { test } = await client.mutate(
    {
      name: 'testEndpoint',
      input: { id: endpoint.id },
      fields: 'test { ok stages { stage outcome detail remedy } }',
      payload: tested,
    },
    signal,
  )
  const failed = test.stages.find((stage) => stage.outcome === 'FAILED')
  if (test.ok) return endpoint.id
  throw new MigrationStuck(`${name}: ${failed?.stage}: ${failed?.detail}`, failed?.remedy ?? '')
}
