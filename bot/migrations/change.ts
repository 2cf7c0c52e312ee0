import { ApiError } from '../client/index.ts'
import type { Turn } from '../turn.ts'
import type { Changed } from './changes.ts'
import { refusal } from '../views/index.ts'
import { refusalNow } from './answers.ts'
import { findMigration } from './find.ts'

/**
 * Does something to a migration. When the API refuses it, the person is told why, and how the migration is now; then
 * null.
 * @throws ApiUnreachableError, SlackCallError
 */
export async function change(
  turn: Turn,
  shortId: string,
  act: () => Promise<Changed>,
): Promise<Changed | null> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const migration = await findMigration(turn, shortId)
    // A process that has died meanwhile had done it, when the migration was another version.
    if (error.code === 'IDEMPOTENCY_KEY_REUSED' && migration !== null) return migration
    await turn.tell(
      migration === null ? refusal(error, turn) : refusalNow(error, migration, new Date(), turn),
    )
    return null
  }
}
