import { eventTypes, type MigrationEvent } from '../../../engine/index.ts'
import { builder, readCost } from '../../builder.ts'
import { cursorOfEvent, type FeedItem } from '../../subscriptions/index.ts'
import { ActorRef } from '../actor/index.ts'
import { encodeId } from '../ids/index.ts'
import { MigrationRef } from '../migration/ref.ts'

export const EventTypeEnum = builder.enumType('EventType', { values: eventTypes })

export const FeedItemRef = builder.interfaceRef<FeedItem>('EventFeedItem').implement({
  description: 'What a feed of events delivers. Keep the cursor of the last item to continue after it.',
  resolveType: (item) => ('kind' in item ? item.kind : 'Event'),
  fields: (t) => ({ cursor: t.field({ type: 'EventCursor', resolve: ({ cursor }) => cursor }) }),
})

export const EventRef = builder.objectRef<MigrationEvent>('Event').implement({
  description: 'Something that happened to a migration.',
  interfaces: [FeedItemRef],
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('Event', id) }),
    cursor: t.field({ type: 'EventCursor', resolve: cursorOfEvent }),
    sequence: t.expose('sequence', {
      type: 'BigInt',
      description: '1, 2, 3 … within the migration, without holes.',
    }),
    type: t.expose('type', { type: EventTypeEnum }),
    message: t.exposeString('message', { description: 'One sentence for people.' }),
    payload: t.expose('payload', { type: 'JSON' }),
    actor: t.expose('actor', { type: ActorRef }),
    at: t.expose('at', { type: 'DateTime' }),
    migration: t.field({
      type: MigrationRef,
      nullable: true,
      complexity: readCost,
      description: 'As it is now, not as it was then.',
      resolve: ({ migrationId }, _args, { stores }) => stores.migrations.find(migrationId),
    }),
  }),
})

type Signal<Kind> = Extract<FeedItem, { readonly kind: Kind }>

builder.objectRef<Signal<'Heartbeat'>>('Heartbeat').implement({
  description: 'Nothing happened for a while; the feed is alive and has read up to the cursor.',
  interfaces: [FeedItemRef],
})

builder.objectRef<Signal<'CursorExpired'>>('CursorExpired').implement({
  description:
    'The log does not know the cursor that was given. The feed continues after this one: read the state anew, since' +
    ' events may have been missed.',
  interfaces: [FeedItemRef],
})
