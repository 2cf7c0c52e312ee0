import { v7 } from 'uuid'
import {
  describeWait,
  GodwitError,
  isEnded,
  maxPriority,
  type CommandContext,
  type Migration,
  type PriorityRequest,
  type QueueEntry,
  type QueueLimits,
  type QueueStore,
} from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import type { SendNudge } from '../dispatcher.ts'
import { queueLimits } from '../schema/index.ts'
import { assertVersion } from './act-on-migration.ts'
import { appendAudit } from './append-audit.ts'
import { appendEvent } from './append-event.ts'
import type { Recall } from './idempotency.ts'
import { changeQuietly } from './change-quietly.ts'
import { lockMigration, toMigration, type MigrationRow } from './migration-rows.ts'
import { lockQueue, readLimits, readTurns } from './queue-turns.ts'
import { badInput } from './validate.ts'

export interface QueueStoreNeeds {
  readonly database: ControlDatabase
  readonly recall: Recall
  readonly nudge: SendNudge
}

/** More sessions than that no server is asked to bear. */
const maxLimit = 100

export function createQueueStore(needs: QueueStoreNeeds): QueueStore {
  const { database } = needs
  return {
    limits: () => database.run(readLimits),
    setLimits: (change, context) => setLimits(needs, change, context),
    entries: () => database.run(readEntries),
    setPriority: (request, context) => setPriority(needs, request, context),
  }
}

async function readEntries(session: Database): Promise<readonly QueueEntry[]> {
  const limits = await readLimits(session)
  const turns = await readTurns(session)
  return turns.map((turn) => ({
    migrationId: turn.member.id,
    position: turn.position,
    order: turn.order,
    priority: turn.member.priority,
    queuedAt: turn.member.queuedAt,
    waitsFor: turn.waitsFor,
    reason: describeWait(turn, limits),
  }))
}

async function setLimits(
  { database, recall, nudge }: QueueStoreNeeds,
  change: Partial<QueueLimits>,
  context: CommandContext,
): Promise<QueueLimits> {
  requireLimits(change)
  const operation = 'queue.setLimits'
  return await database.transaction(async (transaction) => {
    const repeated = await recall(transaction, { operation, input: change, context }, v7())
    await lockQueue(transaction)
    const former = await readLimits(transaction)
    if (repeated !== null) return former
    const limits = { ...former, ...change }
    await transaction
      .insert(queueLimits)
      .values(limits)
      .onConflictDoUpdate({ target: queueLimits.single, set: limits })
    await appendAudit(transaction, {
      actor: context.actor,
      operation,
      subjectId: null,
      details: { ...limits, formerPerTarget: former.perTarget, formerOverall: former.overall },
    })
    const next = (await readTurns(transaction)).find(({ waitsFor }) => waitsFor === 'WORKER')
    if (next !== undefined) await nudge(transaction, next.member.id)
    return limits
  })
}

function requireLimits(change: Partial<QueueLimits>): void {
  const given = Object.entries(change)
  if (given.length === 0) throw badInput('perTarget', 'or overall must be given')
  for (const [field, limit] of given) {
    if (Number.isInteger(limit) && limit >= 1 && limit <= maxLimit) continue
    throw badInput(field, `must be a whole number from 1 to ${maxLimit}`)
  }
}

async function setPriority(
  { database, recall, nudge }: QueueStoreNeeds,
  request: PriorityRequest,
  context: CommandContext,
): Promise<Migration> {
  const { priority } = request
  if (!Number.isInteger(priority) || Math.abs(priority) > maxPriority) {
    throw badInput('priority', `must be a whole number from ${-maxPriority} to ${maxPriority}`)
  }
  const operation = 'migration.setPriority'
  return await database.transaction(async (transaction) => {
    const row = await lockMigration(transaction, request.migrationId)
    const command = { operation, input: { ...request, migrationId: row.id }, context }
    if ((await recall(transaction, command, row.id)) !== null) return toMigration(row)
    assertVersion(row, request.expectedVersion)
    assertNotEnded(row)
    const changed = await changeQuietly(transaction, row, { priority })
    const details = { from: row.priority, to: priority, version: changed.version }
    await appendEvent(transaction, row.id, {
      actor: context.actor,
      event: {
        type: 'PRIORITY_CHANGED',
        message: `The priority was changed from ${row.priority} to ${priority}.`,
        payload: details,
      },
    })
    await appendAudit(transaction, { actor: context.actor, operation, subjectId: row.id, details })
    if (row.status === 'QUEUED') await nudge(transaction, row.id)
    return toMigration(changed)
  })
}

function assertNotEnded({ status, shortId }: MigrationRow): void {
  if (!isEnded(status)) return
  throw new GodwitError(
    'ILLEGAL_ACTION',
    `The migration ${shortId} has ended (${status}): it has no turn any more.`,
    {
      remedy: 'Give a priority to a migration that has not ended.',
    },
  )
}
