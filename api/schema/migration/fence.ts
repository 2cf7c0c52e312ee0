import type { StandingFence } from '../../../engine/index.ts'
import { builder, readCost } from '../../builder.ts'
import { FencingEnum } from '../cutover/type.ts'
import { MigrationRef } from './ref.ts'

const FenceRef = builder.objectRef<StandingFence>('Fence').implement({
  description: 'Keeps others from writing to the source.',
  fields: (t) => ({
    mode: t.expose('mode', { type: FencingEnum }),
    since: t.expose('since', { type: 'DateTime' }),
    statements: t.stringList({
      description: 'Take the fence away when they are run on the source, in this order.',
      resolve: ({ undo }) => undo.map((statement) => `${statement};`),
    }),
    givenUp: t.boolean({
      description: 'The completion was given up, but the fence is not lifted yet.',
      resolve: ({ givenUp }) => givenUp !== null,
    }),
  }),
})

builder.objectField(MigrationRef, 'fence', (t) =>
  t.field({
    type: FenceRef,
    nullable: true,
    complexity: readCost,
    description: 'What Godwit has fenced the source with; it stays after a successful completion.',
    resolve: ({ id }, _args, { stores }) => stores.migrations.fence(id),
  }),
)
