import { z } from 'zod'
import type { GraphqlClient } from '../graphql-client.ts'

export interface FollowOptions {
  readonly client: GraphqlClient
  /** Of any migration, in a sentence. */
  readonly onEvent: (message: string) => void
}

export interface CompletedMigration {
  /** All objects, all rows and all changes, so that both sides have to be equal. */
  readonly isWhole: boolean
}

const document = `subscription {
  events(after: "0") {
    cursor
    ... on Event {
      message
      migration {
        status
        kind { structure fullCopy incremental }
        selection { include { __typename } exclude { __typename } }
      }
    }
  }
}`

const feedItem = z.object({
  events: z.object({
    cursor: z.string(),
    message: z.string().optional(),
    migration: z
      .object({
        status: z.string(),
        kind: z.object({ structure: z.boolean(), fullCopy: z.boolean(), incremental: z.boolean() }),
        selection: z.object({ include: z.array(z.unknown()), exclude: z.array(z.unknown()) }),
      })
      .nullish(),
  }),
})

/** Tells of all that happens; resolves when a migration is completed. */
export async function followMigrations(
  { client, onEvent }: FollowOptions,
  signal: AbortSignal,
): Promise<CompletedMigration> {
  const completed = Promise.withResolvers<CompletedMigration>()
  const enough = new AbortController()
  // After a reconnect the feed begins anew.
  const seen = new Set<string>()
  const following = client.follow(
    { document, result: feedItem },
    ({ events: { cursor, message, migration } }) => {
      if (message === undefined || seen.has(cursor)) return
      seen.add(cursor)
      onEvent(message)
      if (migration?.status !== 'COMPLETED') return
      const { kind, selection } = migration
      const isAll = selection.include.length + selection.exclude.length === 0
      completed.resolve({ isWhole: isAll && kind.structure && kind.fullCopy && kind.incremental })
    },
    AbortSignal.any([signal, enough.signal]),
  )
  try {
    return await Promise.race([completed.promise, following.then(() => endsNever(signal))])
  } finally {
    enough.abort()
  }
}

function endsNever(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted()
  throw new Error('the feed of events has ended')
}
