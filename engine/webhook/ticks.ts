import type { Tick } from '../ticks/index.ts'
import { type SenderNeeds, sendDue } from './send-due.ts'

const everySecond = '* * * * * *'
const everyHour = '0 17 * * * *'

/** What each worker does for webhooks. The truth is in the control database, so any number of them may. */
export function webhookTicks(needs: SenderNeeds): readonly Tick[] {
  return [
    {
      name: 'make webhook deliveries',
      pattern: everySecond,
      run: async (signal) => {
        while (!signal.aborted && (await needs.queue.fanOut())) continue
      },
    },
    { name: 'send webhooks', pattern: everySecond, run: (signal) => sendDue(needs, signal) },
    { name: 'forget old webhook deliveries', pattern: everyHour, run: () => needs.queue.prune() },
  ]
}
