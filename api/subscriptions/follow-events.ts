import { isGodwitError, type EventLog, type EventType, type MigrationEvent } from '../../engine/index.ts'
import type { ApiServices } from '../context.ts'
import { listenTo } from './bell.ts'
import {
  decodeEventCursor,
  encodeEventCursor,
  type EventPlace,
  startCursor,
  startPlace,
} from './event-cursor.ts'
import { type Stream, streamOf } from './stream.ts'

/** What an event feed delivers: events, and signals with the cursor to continue after. */
export type FeedItem =
  | MigrationEvent
  | { readonly kind: 'Heartbeat'; readonly cursor: string }
  | { readonly kind: 'CursorExpired'; readonly cursor: string }

export interface EventFilter {
  readonly migrationIds: ReadonlySet<string> | null
  readonly types: ReadonlySet<EventType> | null
}

/** The log that is read: that of one migration, or that of all. */
interface Feed {
  /** Of the rings that mean it; null for all. */
  readonly migrationId: string | null
  readonly from: EventPlace
  /** The cursor given was not known; the feed begins at `from` instead. */
  readonly expired: boolean
  read(after: EventPlace, limit: number): Promise<readonly MigrationEvent[]>
  wants(event: MigrationEvent): boolean
}

export function cursorOfEvent(event: MigrationEvent): string {
  return encodeEventCursor(placeOf(event))
}

function placeOf({ migrationId, sequence, cursor }: MigrationEvent): EventPlace {
  return { migrationId, sequence, global: cursor }
}

/**
 * The events of one migration, from the beginning or after a cursor, and then as they happen.
 * A cursor that is not of this log starts it over.
 */
export async function followMigrationEvents(
  services: ApiServices,
  migrationId: string,
  after: string | null,
): Promise<Stream<FeedItem>> {
  const { events } = services.stores
  const from = await findPlaceInMigration(events, migrationId, after ?? startCursor)
  return follow(services, {
    migrationId,
    from: from ?? startPlace,
    expired: from === null,
    read: (place, limit) => events.readMigration(migrationId, place.sequence ?? 0n, limit),
    wants: () => true,
  })
}

/** Null when the migration has no event at the cursor. */
export async function findPlaceInMigration(
  events: EventLog,
  migrationId: string,
  after: string,
): Promise<EventPlace | null> {
  const place = decodeEventCursor(after)
  if (place === null || place.global === null) return place
  return place.migrationId === migrationId && (await isOfEvent(events, place)) ? place : null
}

/** Whether there is an event at the place. There is none when the control database was replaced since. */
async function isOfEvent(events: EventLog, { migrationId, sequence, global }: EventPlace): Promise<boolean> {
  if (migrationId === null || sequence === null || sequence < 1n) return false
  const [event] = await events.readMigration(migrationId, sequence - 1n, 1)
  return event?.sequence === sequence && event.cursor === global
}

/** The events of all migrations, from now on or after a cursor. A cursor that is not known: from now on. */
export async function followAllEvents(
  services: ApiServices,
  after: string | null,
  filter: EventFilter,
): Promise<Stream<FeedItem>> {
  const { events } = services.stores
  const given = after === null ? null : await findPlaceInAll(events, after)
  return follow(services, {
    migrationId: null,
    from: given ?? { ...startPlace, global: await events.latestCursor() },
    expired: after !== null && given === null,
    read: (place, limit) => events.readAll(place.global, limit),
    wants: ({ migrationId, type }) =>
      (filter.migrationIds?.has(migrationId) ?? true) && (filter.types?.has(type) ?? true),
  })
}

/**
 * Null when the log does not know the cursor. The log of a migration shows its events at once, the feed of all only
 * when nothing can turn up in front of them any more: an event that is not there yet is read again from before it.
 */
async function findPlaceInAll(events: EventLog, after: string): Promise<EventPlace | null> {
  const place = decodeEventCursor(after)
  if (place === null) return null
  const isEvent = place.migrationId !== null
  if (isEvent && !(await isOfEvent(events, place))) return null
  // Before the log is asked: later it may lie behind the event.
  const now = await events.latestCursor()
  try {
    await events.readAll(place.global, 1)
    return place
  } catch (error) {
    if (isGodwitError(error, 'CURSOR_EXPIRED')) return isEvent ? { ...startPlace, global: now } : null
    if (isGodwitError(error, 'BAD_INPUT')) return null
    throw error
  }
}

function follow({ stores, subscriptions: settings }: ApiServices, feed: Feed): Stream<FeedItem> {
  return streamOf(async function* (signal): AsyncGenerator<FeedItem, void> {
    using bell = listenTo(stores.doorbell, feed.migrationId)
    let place = feed.from
    let sentAtMs = performance.now()
    if (feed.expired) yield { kind: 'CursorExpired', cursor: encodeEventCursor(place) }
    while (!signal.aborted) {
      const page = await feed.read(place, settings.pageSize)
      for (const event of page) {
        place = placeOf(event)
        if (!feed.wants(event)) continue
        yield event
        sentAtMs = performance.now()
      }
      const silentMs = performance.now() - sentAtMs
      if (silentMs >= settings.heartbeatMs) {
        yield { kind: 'Heartbeat', cursor: encodeEventCursor(place) }
        sentAtMs = performance.now()
      } else if (page.length < settings.pageSize) {
        await bell.wait(Math.min(settings.pollMs, settings.heartbeatMs - silentMs), signal)
      }
    }
  })
}
