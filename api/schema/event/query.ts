import { builder, readCost } from '../../builder.ts'
import { encodeEventCursor } from '../../subscriptions/index.ts'

builder.queryField('latestEventCursor', (t) =>
  t.field({
    type: 'EventCursor',
    authScopes: { read: true },
    complexity: readCost,
    description:
      'Behind everything that has happened. Read it, then the state, then subscribe to events after it: nothing is' +
      ' missed in between.',
    resolve: async (_root, _args, { stores }) =>
      encodeEventCursor({ migrationId: null, sequence: null, global: await stores.events.latestCursor() }),
  }),
)
