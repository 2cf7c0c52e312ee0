import type { Logger } from 'pino'
import type { Migration } from '../ports/index.ts'
import type { WorkerStores } from './context.ts'

/** Aborts when somebody else changed the status of a migration, or when it is to start. */
export interface StatusWatch extends Disposable {
  readonly signal: AbortSignal
}

/** Several rings in a row cost one look. */
const lookAtMostEveryMs = 100

/** For rings that were lost. */
const lookAtLeastEveryMs = 2_000

/** Looks at the status whenever the doorbell rings for the migration, and now and then. */
export function watchStatus(
  stores: Pick<WorkerStores, 'doorbell' | 'migrations'>,
  migration: Migration,
  log: Logger,
): StatusWatch {
  const changed = new AbortController()
  let pending: NodeJS.Timeout | null = null

  const look = async () => {
    pending = null
    const now = await stores.migrations.find(migration.id)
    if (now?.status !== migration.status || startOf(now) !== startOf(migration)) changed.abort()
  }
  const lookSoon = () => {
    pending ??= setTimeout(() => {
      look().catch((error: unknown) => log.warn({ err: error }, 'cannot look at the status'))
    }, lookAtMostEveryMs)
  }
  const subscription = stores.doorbell.subscribe((id) => {
    if (id === null || id === migration.id) lookSoon()
  })
  const interval = setInterval(lookSoon, lookAtLeastEveryMs)

  return {
    signal: changed.signal,
    [Symbol.dispose]() {
      clearInterval(interval)
      if (pending !== null) clearTimeout(pending)
      subscription[Symbol.dispose]()
    },
  }
}

function startOf({ schedule }: Migration): number | null {
  return schedule === null ? null : schedule.startAt.getTime()
}
