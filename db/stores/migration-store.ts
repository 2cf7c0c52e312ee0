import { and, eq } from 'drizzle-orm'
import type { Migration, MigrationStore, VerifyReport } from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { migrations, tableProgress, verifyReports } from '../schema/index.ts'
import { actOnMigration, type ActNeeds } from './act-on-migration.ts'
import { cloneMigration } from './clone-migration.ts'
import { createMigration, type CreateMigrationNeeds } from './create-migration.ts'
import { deleteMigration } from './delete-migration.ts'
import { forgetFence } from './forget-fence.ts'
import { readWorker } from './lease-store.ts'
import { matchesFilter } from './migration-filter.ts'
import {
  isMigration,
  isThere,
  readFence,
  readLag,
  readSteps,
  readTables,
  toMigration,
} from './migration-rows.ts'
import { readPage } from './paging.ts'
import { updateMigration } from './update-migration.ts'

export type MigrationStoreNeeds = ActNeeds & CreateMigrationNeeds

export function createMigrationStore(needs: MigrationStoreNeeds): MigrationStore {
  const { database } = needs
  return {
    create: (input, context) => createMigration(needs, input, context),
    update: (change, context) => updateMigration(needs, change, context),
    clone: (request, context) => cloneMigration(needs, request, context),
    delete: (request, context) => deleteMigration(needs, request, context),
    forgetFence: (request, context) => forgetFence(needs, request, context),
    find: (id) => database.run((session) => findMigration(session, id)),
    list: (filter, page) =>
      database.run((session) =>
        readPage(page, migrations.id, {
          select: ({ where, orderBy, limit }) =>
            session
              .select()
              .from(migrations)
              .where(and(matchesFilter(session, filter), where))
              .orderBy(orderBy)
              .limit(limit),
          toItem: toMigration,
        }),
      ),
    act: (request, context) => actOnMigration(needs, request, context),
    worker: (id) => database.run((session) => readWorker(session, id)),
    steps: (id) => database.run((session) => readSteps(session, id)),
    tables: (id, filter) =>
      database.run((session) =>
        readTables(
          session,
          and(
            isMigration(tableProgress.migrationId, id),
            filter?.status === undefined ? undefined : eq(tableProgress.status, filter.status),
          ),
        ),
      ),
    lagSamples: (id, limit) => database.run((session) => readLag(session, id, limit)),
    fence: (id) => database.run((session) => readFence(session, id)),
    verifyReport: (id) => database.run((session) => readVerifyReport(session, id)),
  }
}

async function findMigration(session: Database, id: string): Promise<Migration | null> {
  const [row] = await session
    .select()
    .from(migrations)
    .where(and(isMigration(migrations.id, id), isThere))
  return row === undefined ? null : toMigration(row)
}

async function readVerifyReport(session: Database, id: string): Promise<VerifyReport | null> {
  const [row] = await session.select().from(verifyReports).where(isMigration(verifyReports.migrationId, id))
  if (row === undefined) return null
  const { outcome, checks, startedAt, finishedAt } = row
  return { outcome, checks, startedAt, finishedAt }
}
