import type { BotRecordStore } from '../ports/index.ts'
import type { Tick } from '../ticks/index.ts'

/** Nobody sees what has expired; this only gives its room back. */
export function botRecordTicks(botRecords: Pick<BotRecordStore, 'prune'>): readonly Tick[] {
  return [{ name: 'forget expired bot records', pattern: '*/15 * * * * *', run: () => botRecords.prune() }]
}
