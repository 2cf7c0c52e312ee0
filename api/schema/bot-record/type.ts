import type { BotRecord } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'

export const BotRecordRef = builder.objectRef<BotRecord>('BotRecord').implement({
  description:
    'A note that a bot has made for itself, such as where the message of a migration is. Not part of what Godwit does:' +
    ' no events and no audit entries tell of it.',
  fields: (t) => ({
    namespace: t.exposeString('namespace'),
    key: t.exposeString('key'),
    value: t.expose('value', {
      type: 'JSON',
      description: 'As it was put, but for the order of the fields in objects.',
    }),
    version: t.exposeInt('version', {
      description:
        'Grows by one with each change. A record that is made anew, after it was deleted or has expired, begins at a random' +
        ' number, almost certainly another than any before it.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true, description: 'Null: never.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})
