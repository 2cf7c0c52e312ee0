import { builder } from '../../builder.ts'
import { followAllEvents, followMigrationEvents } from '../../subscriptions/index.ts'
import { requireMigration } from '../migration/find.ts'
import { checkPageSize } from '../paging/index.ts'
import { EventTypeEnum, FeedItemRef } from './type.ts'

builder.subscriptionField('migrationEvents', (t) =>
  t.field({
    type: FeedItemRef,
    authScopes: { read: true },
    description:
      'The events of one migration: all of them from the first, or those after a cursor, and then each as it' +
      ' happens. At least once, in order.',
    args: {
      id: t.arg.id({ required: true, description: 'Global id, UUID or short id.' }),
      after: t.arg({ type: 'EventCursor' }),
    },
    subscribe: async (_root, { id, after }, context) =>
      followMigrationEvents(context, (await requireMigration(id, context.stores)).id, after ?? null),
    resolve: (item) => item,
  }),
)

const EventFilterInput = builder.inputType('EventFilter', {
  fields: (t) => ({
    migrationIds: t.idList({ description: 'At most 100 global ids, UUIDs or short ids; absent: all.' }),
    types: t.field({ type: [EventTypeEnum], description: 'Absent: all.' }),
  }),
})

builder.subscriptionField('events', (t) =>
  t.field({
    type: FeedItemRef,
    authScopes: { read: true },
    description:
      'The events of all migrations: from now on (what happened a moment ago may come too), or those after a cursor,' +
      ' and then each as it happens. At least once, in an order that never skips one.',
    args: { after: t.arg({ type: 'EventCursor' }), filter: t.arg({ type: EventFilterInput }) },
    subscribe: async (_root, { after, filter }, context) => {
      const ids = filter?.migrationIds
      if (ids != null) checkPageSize(ids.length, 'filter.migrationIds')
      const migrations = await Promise.all((ids ?? []).map((id) => requireMigration(id, context.stores)))
      return followAllEvents(context, after ?? null, {
        migrationIds: ids == null ? null : new Set(migrations.map(({ id }) => id)),
        types: filter?.types == null ? null : new Set(filter.types),
      })
    },
    resolve: (item) => item,
  }),
)
