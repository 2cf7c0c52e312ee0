import type { EventLog } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'
import { cursorOfEvent, findPlaceInMigration } from '../../subscriptions/index.ts'
import { GodwitError } from '../../../engine/index.ts'
import { checkPageSize } from '../paging/index.ts'
import { EventRef } from './type.ts'

export const EventConnection = builder.connectionObject({ type: EventRef, name: 'EventConnection' })

/** Events of one migration after a cursor, oldest first. @throws GodwitError BAD_INPUT, CURSOR_EXPIRED */
export async function readEvents(
  events: EventLog,
  migrationId: string,
  request: { readonly after: string | null; readonly first: number },
) {
  const size = checkPageSize(request.first, 'first')
  const place = request.after === null ? null : await findPlaceInMigration(events, migrationId, request.after)
  if (request.after !== null && place === null) {
    throw new GodwitError('CURSOR_EXPIRED', 'The log of this migration does not know the cursor.', {
      remedy: 'Read the events from the beginning, without a cursor.',
    })
  }
  const found = await events.readMigration(migrationId, place?.sequence ?? 0n, size + 1)
  const page = found.slice(0, size)
  const edges = page.map((event) => ({ cursor: cursorOfEvent(event), node: event }))
  return {
    edges,
    pageInfo: {
      hasNextPage: found.length > size,
      hasPreviousPage: (place?.sequence ?? 0n) > 0n,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}
