import type { Turn } from '../turn.ts'
import { homeView } from '../views/index.ts'
import { countActive, readAlarms, readRunning, readWaiting } from './attention.ts'

/** More of anything is counted only. */
const shown = 10

/** What waits for the person, the alarms, and what runs. */
export async function publishHome(turn: Turn): Promise<void> {
  const { outgoing, workspaceId, person, reach } = turn
  const isOurs = await reach.read()
  const [waiting, alarms, running, counts] = await Promise.all([
    readWaiting(turn, isOurs),
    readAlarms(turn, isOurs),
    readRunning(turn, shown),
    countActive(turn, isOurs),
  ])
  const view = homeView({
    waiting: { shown: waiting.slice(0, shown), total: waiting.length },
    alarms: { shown: alarms.slice(0, shown), total: alarms.length },
    // What has begun between the two questions is counted, too.
    running: { shown: running, total: Math.max(counts.running, running.length) },
    others: counts.others,
    now: new Date(),
  })
  await outgoing.publishHome(workspaceId, person.userId, { ...view, callback_id: homeCallback })
}

/** Tells the Home of the app from modals, on top of which another modal could be put. */
const homeCallback = 'home'
