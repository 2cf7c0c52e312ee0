/** Follows one migration through subscriptions, and waits for what it should come to. */
import { z } from 'zod'
import type { GraphqlClient } from './graphql-client.ts'
import { type MigrationState, migrationFields, migrationState } from './migration-state.ts'
import { MigrationProgress } from './progress.ts'

/** The migration has stopped, or does not get on. */
export class MigrationStuck extends Error {
  override readonly name = 'MigrationStuck'
  readonly remedy: string

  constructor(message: string, remedy: string) {
    super(message)
    this.remedy = remedy
  }
}

export interface MigrationWatch extends AsyncDisposable {
  readonly progress: MigrationProgress
  /** @throws MigrationStuck when the migration has failed, or nothing has moved for a long time */
  throwIfStuck(): void
  /**
   * Resolves when the condition holds.
   * @throws MigrationStuck when it cannot any more
   */
  until(condition: (state: MigrationState) => boolean): Promise<MigrationState>
}

export interface WatchOptions {
  readonly client: GraphqlClient
  readonly migrationId: string
  readonly onEvent: (event: MigrationEvent) => void
}

const feedItem = z.object({
  migrationEvents: z.object({
    cursor: z.string(),
    sequence: z.string().optional(),
    type: z.string().optional(),
    message: z.string().optional(),
  }),
})

interface MigrationEvent {
  readonly type: string
  readonly message: string
}

const snapshot = z.object({ migration: migrationState })

const giveUpAfterMs = 5 * 60_000
const checkEveryMs = 500
const hopeless = new Set(['FAILED', 'VERIFY_FAILED', 'CANCELLED', 'CANCELLING', 'PAUSED'])

/** Starts to follow; resolves with the first state. */
export async function watchMigration(options: WatchOptions, signal: AbortSignal): Promise<MigrationWatch> {
  const { client, migrationId: id } = options
  const stop = new AbortController()
  const following = AbortSignal.any([signal, stop.signal])
  const variables = { id }
  const { migration } = await client.query(
    {
      document: `query ($id: ID!) { migration(id: $id) { ${migrationFields} } }`,
      variables,
      result: snapshot,
    },
    signal,
  )
  const progress = new MigrationProgress(migration)
  let broken: unknown
  const states = client.follow(
    {
      document: `subscription ($id: ID!) { migration(id: $id) { ${migrationFields} } }`,
      variables,
      result: snapshot,
    },
    (data) => progress.update(data.migration),
    following,
  )
  const events = followEvents(options, following)
  const followed = Promise.all([states, events]).catch((error: unknown) => {
    broken = error
  })
  const throwIfBroken = () => {
    signal.throwIfAborted()
    if (broken !== undefined) throw broken
  }
  return {
    progress,
    throwIfStuck: () => {
      throwIfBroken()
      throwIfStuck(progress)
    },
    until: async (condition) => {
      for (;;) {
        throwIfBroken()
        if (condition(progress.state)) return progress.state
        throwIfStuck(progress)
        await progress.nextUpdate(checkEveryMs)
      }
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await followed
    },
  }
}

/** After a reconnect the feed begins anew, so what was seen already is left out. */
async function followEvents(
  { client, migrationId, onEvent }: WatchOptions,
  signal: AbortSignal,
): Promise<void> {
  let seen = 0n
  await client.follow(
    {
      document: `subscription ($id: ID!) {
        migrationEvents(id: $id) { cursor ... on Event { sequence type message } }
      }`,
      variables: { id: migrationId },
      result: feedItem,
    },
    ({ migrationEvents: { sequence, type, message } }) => {
      if (sequence === undefined || type === undefined || message === undefined) return
      if (BigInt(sequence) <= seen) return
      seen = BigInt(sequence)
      onEvent({ type, message })
    },
    signal,
  )
}

function throwIfStuck(progress: MigrationProgress): void {
  const { status, problem, steps } = progress.state
  const step = steps.find((candidate) => candidate.status === 'FAILED' || candidate.status === 'RUNNING')
  const where = step ? ` in step ${step.name}` : ''
  const why = problem ? `: ${problem.code}: ${problem.message}` : ''
  if (hopeless.has(status)) {
    throw new MigrationStuck(`The migration is ${status}${where}${why}`, problem?.remedy ?? '')
  }
  if (progress.stalledMs() > giveUpAfterMs) {
    const minutes = giveUpAfterMs / 60_000
    const detail = step?.detail ? ` (${step.detail})` : ''
    throw new MigrationStuck(
      `Nothing has moved for ${minutes} minutes; the migration is ${status}${where}${detail}${why}`,
      problem?.remedy ?? 'Look into the end of the log of Godwit, below.',
    )
  }
}
