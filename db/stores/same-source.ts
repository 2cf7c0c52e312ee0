import { and, asc, eq, inArray, isNull, ne, or, sql, type SQL } from 'drizzle-orm'
import type { OtherMigration, Status } from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { endpoints, migrations, streams } from '../schema/index.ts'
import { databaseAddress } from './database-address.ts'

/**
 * What a server says of itself, with the name of the database: the same by whatever address it is reached. Null as long
 * as it is not known.
 */
const databaseIdentity = sql<string>`${streams.systemIdentifier} || '/' || ${streams.timeline} || '/' || ${endpoints.database}`

/** Other migrations from the source database of one, for which `where` holds besides; deleted ones too. */
export async function readOthersFromSource(
  session: Database,
  migrationId: string,
  where: SQL | undefined,
): Promise<readonly OtherMigration[]> {
  const ofSource = (value: SQL<string>) =>
    session
      .select({ value })
      .from(migrations)
      .innerJoin(streams, eq(streams.migrationId, migrations.id))
      .innerJoin(endpoints, eq(endpoints.id, migrations.sourceId))
      .where(eq(migrations.id, migrationId))
  const { shortId, name, status } = migrations
  return await session
    .select({ shortId, name, status })
    .from(migrations)
    .innerJoin(streams, eq(streams.migrationId, migrations.id))
    .innerJoin(endpoints, eq(endpoints.id, migrations.sourceId))
    .where(
      and(
        ne(migrations.id, migrationId),
        or(
          inArray(databaseAddress, ofSource(databaseAddress)),
          inArray(databaseIdentity, ofSource(databaseIdentity)),
        ),
        where,
      ),
    )
    .orderBy(asc(migrations.createdAt), asc(migrations.id))
}

/** In which a migration reads from its source, or is about to. */
const reading = ['QUEUED', 'RUNNING', 'COMPLETING'] as const satisfies Status[]

/** Those that a fence of this one would stop. */
export async function readOtherReaders(
  session: Database,
  migrationId: string,
): Promise<readonly OtherMigration[]> {
  const isReading = and(inArray(migrations.status, [...reading]), isNull(migrations.deletedAt))
  return await readOthersFromSource(session, migrationId, isReading)
}
