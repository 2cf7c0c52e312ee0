import { removeBookkeeping } from '../../../bookkeeping/index.ts'
import type { CatalogTable } from '../../../catalog/types.ts'
import { analyzeTables } from '../../../cutover/index.ts'
import { connect, type Session } from '../../../endpoint/index.ts'
import { dropPublication, dropSlot } from '../../../replication/index.ts'
import type { RunContext } from '../../context.ts'
import { writeToSource } from '../../ownership.ts'
import { takeOverTarget } from '../../take-over-target.ts'

/**
 * RELEASE: drops slot and publication, then the bookkeeping: afterwards nobody can write as this migration. The source comes
 * first, so that a target out of reach does not make it keep its log. Statistics of `tables` are gathered in between,
 * for writers need not wait for them; where that breaks off, the server gathers them by itself.
 */
export async function release(
  context: RunContext,
  tables: readonly CatalogTable[],
  signal: AbortSignal,
): Promise<void> {
  const { target, guard } = context
  await releaseSource(context, signal)
  await takeOverTarget(context, signal)
  await using session = await connect(target, { purpose: 'release' }, signal)
  await analyzeTables(session, guard, tables)
  await removeBookkeeping(session, guard)
}

/** Drops slot and publication; both may be gone already. */
export async function releaseSource(context: RunContext, signal: AbortSignal): Promise<void> {
  const { kind } = context.run.migration
  const { slotName, publicationName } = context.run.stream
  if (!kind.incremental) return
  const drop = async (session: Session) => {
    await dropSlot(session, slotName, signal)
    await dropPublication(session, publicationName)
  }
  await writeToSource(context, 'release', drop, signal)
}
