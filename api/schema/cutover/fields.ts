import { builder, readCost } from '../../builder.ts'
import { CutoverPlanError } from '../errors/index.ts'
import { readMigrationId } from '../ids/index.ts'
import { BlockerRef } from '../migration/blockers.ts'
import { MigrationRef } from '../migration/ref.ts'
import { blockersOfPlan } from './blockers.ts'
import { CutoverPlanRef } from './type.ts'

builder.objectField(MigrationRef, 'cutoverPlan', (t) =>
  t.field({
    type: CutoverPlanRef,
    nullable: true,
    complexity: readCost,
    description: 'The plan that is open, else the last one; null before the first.',
    resolve: ({ id }, _args, { stores }) => stores.cutovers.find(id),
  }),
)

builder.objectField(CutoverPlanRef, 'blockers', (t) =>
  t.field({
    type: [BlockerRef],
    complexity: { field: readCost, multiplier: 5 },
    description:
      'What keeps it from being executed now; empty when nothing does, or it is not open any more.',
    resolve: (plan, _args, { stores }) => blockersOfPlan(plan, stores),
  }),
)

builder.objectField(CutoverPlanError, 'currentPlan', (t) =>
  t.field({
    type: CutoverPlanRef,
    nullable: true,
    complexity: readCost,
    description: 'The plan of the migration as it is now, which may be another one.',
    resolve: ({ migrationId }, _args, { stores }) =>
      migrationId === null ? null : stores.cutovers.find(readMigrationId(migrationId)),
  }),
)
