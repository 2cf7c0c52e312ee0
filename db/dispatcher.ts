import { sql } from 'drizzle-orm'
import { fromDrizzle, PgBoss } from 'pg-boss'
import type { Logger } from 'pino'
import type { Dispatcher } from '../engine/index.ts'
import { type Database, sessionConfig } from './control-database.ts'

const queue = 'migration.nudge'
const schema = 'godwit_jobs'

interface Nudge {
  readonly migrationId: string
}

/** Tells some worker to look at a migration, when the transaction commits. */
export type SendNudge = (transaction: Database, migrationId: string) => Promise<void>

/** The queue of nudges: pg-boss in a schema of its own. */
export interface NudgeQueue extends AsyncDisposable {
  /** Installs or upgrades the queue. Only one process may be at it at a time. */
  start(): Promise<void>
  readonly send: SendNudge
  readonly dispatcher: Dispatcher
}

export function createNudgeQueue(databaseUrl: string, log: Logger): NudgeQueue {
  const boss = new PgBoss({
    ...connectionOf(databaseUrl),
    schema,
    // Nothing is scheduled by pg-boss: repetitions are columns of the migration.
    schedule: false,
    max: 2,
  })
  boss.on('error', (error) => log.warn({ err: error }, 'the queue of nudges met an error'))
  boss.on('warning', (warning) => log.warn({ warning: warning.message }, 'the queue of nudges warns'))
  return {
    start: async () => {
      await boss.start()
      // Short: while one nudge for a migration waits, another adds nothing.
      await boss.createQueue(queue, { policy: 'short', retryLimit: 0, deleteAfterSeconds: 3600 })
    },
    send: async (transaction, migrationId) => {
      await boss.send(queue, { migrationId } satisfies Nudge, {
        singletonKey: migrationId,
        db: fromDrizzle(transaction, sql),
      })
    },
    dispatcher: { work: (handler) => work(boss, handler) },
    [Symbol.asyncDispose]: () => boss.stop({ graceful: true }),
  }
}

function connectionOf(databaseUrl: string) {
  const { connectionTimeoutMillis, application_name } = sessionConfig(databaseUrl, 'queue')
  return {
    connectionString: databaseUrl,
    ...(connectionTimeoutMillis !== undefined && { connectionTimeoutMillis }),
    ...(application_name !== undefined && { application_name }),
  }
}

async function work(boss: PgBoss, handler: (migrationId: string) => Promise<void>): Promise<AsyncDisposable> {
  const id = await boss.work<Nudge>(queue, { pollingIntervalSeconds: 0.5 }, async (jobs) => {
    for (const job of jobs) await handler(job.data.migrationId)
  })
  return { [Symbol.asyncDispose]: () => boss.offWork(queue, { id, wait: true }) }
}
