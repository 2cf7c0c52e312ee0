import { and, eq, gt, isNull, like, or, sql, type SQL } from 'drizzle-orm'
import {
  GodwitError,
  type BotRecord,
  type BotRecordKey,
  type BotRecordStore,
  type PutBotRecord,
} from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import { botRecords } from '../schema/index.ts'
import { checkPut, checkRecordKey, checkRecordVersion, checkWithin } from './bot-record-limits.ts'
import { escapeWildcards } from './like-pattern.ts'
import { readPageByKey } from './paging.ts'

type BotRecordRow = typeof botRecords.$inferSelect

const now = sql`clock_timestamp()`
const isThere = or(isNull(botRecords.expiresAt), gt(botRecords.expiresAt, now))

/**
 * Of a record that is made anew: almost certainly somewhere else than any before it, or who still has an old version of
 * a record that was deleted, or expired, in between could change one that is not theirs.
 */
const firstVersion = sql<number>`1 + floor(random() * 1000000000)::int`

/** One more, unless what is there has expired. */
const nextVersion = sql<number>`case when ${isThere} then ${botRecords.version} + 1 else ${firstVersion} end`

export function createBotRecordStore(database: ControlDatabase): BotRecordStore {
  return {
    find: (at) => database.run((session) => find(session, at)),
    list: ({ namespace, prefix }, page) =>
      database.run((session) => {
        checkWithin(namespace, prefix)
        const isWithin = and(
          eq(botRecords.namespace, namespace),
          like(botRecords.key, `${escapeWildcards(prefix)}%`),
          isThere,
        )
        return readPageByKey(page, botRecords.key, {
          select: ({ where, orderBy, limit }) =>
            session.select().from(botRecords).where(and(isWithin, where)).orderBy(orderBy).limit(limit),
          toItem: toRecord,
        })
      }),
    put: (record) => database.run((session) => put(session, record)),
    delete: (at) => database.run((session) => remove(session, at)),
    prune: () => database.run(prune),
  }
}

async function find(session: Database, at: BotRecordKey): Promise<BotRecord | null> {
  checkRecordKey(at)
  const [row] = await session
    .select()
    .from(botRecords)
    .where(and(isAt(at), isThere))
  return row === undefined ? null : toRecord(row)
}

async function put(session: Database, record: PutBotRecord): Promise<BotRecord> {
  checkPut(record)
  const row = await (isUpdate(record) ? update(session, record) : insertOrReplace(session, record))
  if (row !== undefined) return toRecord(row)
  throw await staleVersion(session, record)
}

type BotRecordUpdate = PutBotRecord & { readonly expectedVersion: number }

function isUpdate(record: PutBotRecord): record is BotRecordUpdate {
  return record.expectedVersion !== undefined && record.expectedVersion !== 0
}

async function update(session: Database, record: BotRecordUpdate): Promise<BotRecordRow | undefined> {
  const [row] = await session
    .update(botRecords)
    .set({ version: nextVersion, ...written(record) })
    .where(and(isAt(record), isThere, eq(botRecords.version, record.expectedVersion)))
    .returning()
  return row
}

/** One statement, so that of two who do it at once each sees all of the other, or nothing. */
async function insertOrReplace(session: Database, record: PutBotRecord): Promise<BotRecordRow | undefined> {
  const { namespace, key, expectedVersion } = record
  const [row] = await session
    .insert(botRecords)
    .values({ namespace, key, version: firstVersion, ...written(record) })
    .onConflictDoUpdate({
      target: [botRecords.namespace, botRecords.key],
      set: { version: nextVersion, ...written(record) },
      ...(expectedVersion === 0 && { setWhere: sql`not ${isThere}` }),
    })
    .returning()
  return row
}

function written({ value, expiresInMs }: PutBotRecord) {
  return {
    // As text: an object that was written in a query has no prototype, and Drizzle looks at that.
    value: sql`${JSON.stringify(value)}::jsonb`,
    expiresAt: expiresInMs === undefined ? null : sql`${now} + ${expiresInMs / 1000} * interval '1 second'`,
    updatedAt: now,
  }
}

async function remove(
  session: Database,
  at: BotRecordKey & { readonly expectedVersion?: number },
): Promise<boolean> {
  checkRecordKey(at)
  checkRecordVersion(at.expectedVersion)
  const { expectedVersion } = at
  const isExpected = expectedVersion === undefined ? undefined : eq(botRecords.version, expectedVersion)
  const deleted = await session
    .delete(botRecords)
    .where(and(isAt(at), isThere, isExpected))
    .returning({ version: botRecords.version })
  if (deleted.length > 0) return true
  if (expectedVersion === undefined) return false
  const error = await staleVersion(session, at)
  // What was expected not to be there is not there.
  if (expectedVersion === 0 && error.currentVersion === 0) return false
  throw error
}

async function staleVersion(session: Database, at: BotRecordKey): Promise<GodwitError> {
  const current = await find(session, at)
  const currentVersion = current?.version ?? 0
  const what = current === null ? 'does not exist (any more)' : `has the version ${currentVersion}`
  return new GodwitError('STALE_VERSION', `The record ${at.key} of ${at.namespace} ${what}.`, {
    remedy: 'Read the record again, and repeat with its current version if that still makes sense.',
    currentVersion,
  })
}

async function prune(session: Database): Promise<void> {
  await session.execute(sql`
    delete from ${botRecords} where ctid in (
      select ctid from ${botRecords} where expires_at <= clock_timestamp() limit 10000 for update skip locked)`)
}

function isAt({ namespace, key }: BotRecordKey): SQL | undefined {
  return and(eq(botRecords.namespace, namespace), eq(botRecords.key, key))
}

function toRecord(row: BotRecordRow): BotRecord {
  const { namespace, key, value, version, expiresAt, updatedAt } = row
  return { namespace, key, value, version, expiresAt, updatedAt }
}
