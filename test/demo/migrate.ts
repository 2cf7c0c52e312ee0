/** Moves the shop through the API alone: what this does, a few curls can do. */
import { z } from 'zod'
import { migrationView } from './display/migration-view.ts'
import { createEndpoint } from './endpoints.ts'
import { GraphqlClient } from './graphql-client.ts'
import { type MigrateOptions, type MigrationOutcome, MigrationRun } from './migration-run.ts'
import { watchMigration } from './watch.ts'

const created = z.object({ migration: z.object({ id: z.string() }) })

/**
 * Creates endpoints and migration, verifies, starts, stops the load when all is in step, and completes.
 * @throws ApiRefusal, MigrationStuck
 */
export async function migrateShop(options: MigrateOptions, signal: AbortSignal): Promise<MigrationOutcome> {
  const { godwit, servers, display } = options
  const client = new GraphqlClient({ url: godwit.graphqlUrl, token: godwit.token })
  const sourceId = await createEndpoint(client, 'shop on 15', servers.source, signal)
  const targetId = await createEndpoint(client, 'shop on 18', servers.target, signal)
  display.print(['  ', ['green', '✓'], ' Endpoints created and tested'])

  const { migration } = await client.mutate(
    {
      name: 'createMigration',
      input: { name: 'The shop moves to PostgreSQL 18', sourceId, targetId },
      fields: 'migration { id }',
      payload: created,
    },
    signal,
  )
  await using watch = await watchMigration(
    {
      client,
      migrationId: migration.id,
      onEvent: ({ message }) => display.note(['    ', ['dim', message]]),
    },
    signal,
  )
  const run = new MigrationRun(options, client, watch, signal)
  await run.verify()
  display.follow(migrationView({ progress: watch.progress, load: options.load }))
  try {
    const kills = await run.start()
    return await run.complete(kills)
  } finally {
    display.freeze()
  }
}
