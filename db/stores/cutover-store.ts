import { desc, eq, sql } from 'drizzle-orm'
import { GodwitError, type CutoverStore, type CutoverSubject, type SampledLag } from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import { cutoverPlans, lagSamples, migrations } from '../schema/index.ts'
import { approvePlan, rejectPlan } from './decide-on-plan.ts'
import type { Recall } from './idempotency.ts'
import { isMigration, readStream, toMigration } from './migration-rows.ts'
import { planCutover } from './plan-cutover.ts'
import { readPlan } from './plan-rows.ts'
import { readOtherReaders } from './same-source.ts'
import { settlePlans } from './settle-plans.ts'

interface CutoverStoreNeeds {
  readonly database: ControlDatabase
  readonly recall: Recall
}

export function createCutoverStore(needs: CutoverStoreNeeds): CutoverStore {
  const { database } = needs
  return {
    subject: (id) => database.run((session) => readSubject(session, id)),
    plan: (request, context) => planCutover(needs, request, context),
    approve: (request, context) => approvePlan(needs, request, context),
    reject: (request, context) => rejectPlan(needs, request, context),
    find: (id) =>
      database.run(async (session) => {
        const state = await readPlan(session, isMigration(cutoverPlans.migrationId, id))
        return state?.plan ?? null
      }),
    settlePlans: () => settlePlans(database),
  }
}

async function readSubject(session: Database, id: string): Promise<CutoverSubject> {
  const [row] = await session.select().from(migrations).where(isMigration(migrations.id, id))
  if (row === undefined) throw new GodwitError('NOT_FOUND', `There is no migration ${id}.`)
  return {
    migration: toMigration(row),
    stream: await readStream(session, row.id),
    sampledLag: await readSampledLag(session, row.id),
    others: await readOtherReaders(session, row.id),
  }
}

export async function readSampledLag(session: Database, migrationId: string): Promise<SampledLag | null> {
  const [sampled] = await session
    .select({
      seconds: lagSamples.seconds,
      appliedLsn: lagSamples.appliedLsn,
      ageSeconds: sql<number>`extract(epoch from clock_timestamp() - ${lagSamples.at})::float8`,
    })
    .from(lagSamples)
    .where(eq(lagSamples.migrationId, migrationId))
    .orderBy(desc(lagSamples.at), desc(lagSamples.id))
    .limit(1)
  return sampled ?? null
}
