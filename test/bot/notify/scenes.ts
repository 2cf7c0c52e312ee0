import type { CommandContext, CutoverPlan, Lease, Migration } from '../../../engine/index.ts'
import { alice, claim, makeFollowing, makeRunning, planCutover } from '../../db/fixtures.ts'
import { evaluate } from '../../db/alarms.ts'
import { waitFor } from '../../support/wait-for.ts'
import type { Room } from './stage.ts'

export interface Running {
  readonly migration: Migration
  readonly lease: Lease
}

/** A running migration that belongs to the channel. */
export async function runInChannel(room: Room): Promise<Running> {
  const running = await makeRunning(room.stores)
  await room.bind(running.migration)
  return running
}

export interface Planned extends Running {
  readonly plan: CutoverPlan
}

/** As the bot acts for somebody. */
export function as(person: string): CommandContext {
  return { actor: { kind: 'token', id: 'token-of-the-bot', name: 'bot', onBehalfOf: person } }
}

/** A migration of the channel for whose cutover so many of these people must be. */
export async function planInChannel(
  room: Room,
  required: number,
  people: readonly string[],
): Promise<Planned> {
  const following = await makeFollowing(room.stores)
  const { id, shortId, sourceId } = following.migration
  await room.bind(following.migration)
  await room.waitForCard(following.migration)
  await untilWelcome(room, shortId)
  const rule = { name: `rule-${shortId}`, required, people, groups: [], endpointId: sourceId, tag: null }
  await room.stores.approvalRules.create(rule, alice)
  const migration = (await room.stores.migrations.find(id)) ?? following.migration
  const plan = await planCutover(room.stores, migration, { context: as(room.maya.email) })
  return { ...following, plan }
}

/** Until what follows is told for its own sake, and not because the migration has just come. */
export async function untilWelcome({ records }: Room, shortId: string): Promise<void> {
  const describe = `the welcome of ${shortId}`
  await waitFor(async () => (await records.find(`hail/${shortId}`)) === null, { describe })
}

/** Fails it, which raises an alarm. */
export async function fail(room: Room, { lease }: Running, message: string): Promise<void> {
  const problem = { code: 'COPY_FAILED', message, remedy: 'Mend it.' } as const
  await room.stores.runs.report(lease, 'FAILED', { problem })
  await room.stores.leases.release(lease)
  await evaluate(room.stores)
}

/** Lets it go on after a failure, which ends the alarm. */
export async function goOn(room: Room, { migration }: Running): Promise<Running> {
  await room.stores.migrations.act({ migrationId: migration.id, action: 'RETRY' }, alice)
  await evaluate(room.stores)
  const lease = await claim(room.stores, migration.id)
  return { migration: await room.stores.runs.report(lease, 'BEGUN'), lease }
}
