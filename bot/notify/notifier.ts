import { whileHolding } from './lease.ts'
import { Office } from './office.ts'
import type { NotifyNeeds } from './ports.ts'

export interface Notifier extends AsyncDisposable {
  /** Something of the migration has changed that no event tells of: it has a channel now, or another one. */
  touch(shortId: string): void
}

/** Tells people in Slack what happens, in one process at a time: the others wait, and take over. */
export function startNotifier(needs: NotifyNeeds): Notifier {
  const stop = new AbortController()
  let office: Office | undefined
  const running = whileHolding(
    needs,
    'lease/feed',
    async (mandate) => {
      office = new Office(needs, mandate)
      await office.run().finally(() => {
        office = undefined
      })
    },
    stop.signal,
  )
  return {
    touch: (shortId) => {
      // Where this process is not the one, a note tells the other.
      office
        ?.touch(shortId)
        .catch((error: unknown) => needs.log.warn({ err: error, shortId }, 'not shown yet'))
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}
