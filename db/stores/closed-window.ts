import { describeCutoverWindow, GodwitError, windowAt } from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import type { MigrationRow } from './migration-rows.ts'
import { readClock, toCutoverWindow } from './schedule-rows.ts'

/** Why a migration may not be completed at this time, if that is so. */
export async function findClosedWindow(
  transaction: Database,
  row: MigrationRow,
): Promise<GodwitError | null> {
  const setting = toCutoverWindow(row)
  if (setting === null) return null
  const { current, next } = windowAt(setting.window, await readClock(transaction))
  if (current !== null) return null
  return new GodwitError(
    'CUTOVER_WINDOW_CLOSED',
    `The cutover of ${row.shortId} may happen ${describeCutoverWindow(setting.window)}; that is not now.`,
    {
      retryable: next !== null,
      remedy:
        next === null
          ? 'Set another window, or take it away.'
          : `Wait until ${next.opensAt.toISOString()}, when it opens, or set another window.`,
    },
  )
}
