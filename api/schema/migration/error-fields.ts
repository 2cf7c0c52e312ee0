import type { ControlStores, Migration } from '../../../engine/index.ts'
import { builder, readCost } from '../../builder.ts'
import { IllegalActionError, StaleVersionError } from '../errors/index.ts'
import { readMigrationId } from '../ids/index.ts'
import { ActionEnum, availableActionsOf, StatusEnum } from './type.ts'

builder.objectField(StaleVersionError, 'currentVersion', (t) =>
  t.int({
    nullable: true,
    complexity: readCost,
    description: 'Of what has changed; 0 when it does not exist any more. Null when the migration does not.',
    resolve: async (error, _args, { stores }) =>
      error.currentVersion ?? (await findSubject(error, stores))?.version ?? null,
  }),
)

builder.objectFields(IllegalActionError, (t) => ({
  status: t.field({
    type: StatusEnum,
    nullable: true,
    complexity: readCost,
    resolve: async (error, _args, { stores }) => (await findSubject(error, stores))?.status ?? null,
  }),
  availableActions: t.field({
    type: [ActionEnum],
    complexity: readCost,
    resolve: async (error, _args, { stores }) => {
      const migration = await findSubject(error, stores)
      return migration === null ? [] : availableActionsOf(migration, stores)
    },
  }),
}))

/** The migration that the refused call was about, as it is now. */
async function findSubject(
  { migrationId }: { readonly migrationId: string | null },
  { migrations }: ControlStores,
): Promise<Migration | null> {
  return migrationId === null ? null : migrations.find(readMigrationId(migrationId))
}
