import { whileHolding } from './lease.ts'
import { Office } from './office.ts'
import type { NotifyNeeds } from './ports.ts'

/** Tells people in Slack what happens, in one process at a time: the others wait, and take over. */
export function startNotifier(needs: NotifyNeeds): AsyncDisposable {
  const stop = new AbortController()
  let office: Office | undefined
  // Where this process is not the one that tells, a note says it to the other.
  const listening = needs.homes.onMoveIn((shortId) => {
    office
      ?.welcome(shortId)
      .catch((error: unknown) => needs.log.warn({ err: error, shortId }, 'not shown yet'))
  })
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
    async [Symbol.asyncDispose]() {
      listening[Symbol.dispose]()
      stop.abort()
      await running
    },
  }
}
