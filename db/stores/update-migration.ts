import { eq } from 'drizzle-orm'
import {
  situationOf,
  statusAfterAction,
  type CommandContext,
  type Kind,
  type Migration,
  type MigrationChange,
  type Status,
} from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { migrations, steps, verifyReports } from '../schema/index.ts'
import { assertVersion, type ActNeeds } from './act-on-migration.ts'
import { appendAudit } from './append-audit.ts'
import { appendEvent } from './append-event.ts'
import { canonicalJson } from './canonical-json.ts'
import { changeQuietly } from './change-quietly.ts'
import { lockMigration, noProblem, readSteps, toMigration, type MigrationRow } from './migration-rows.ts'
import { insertSteps, lockEndpoints, toSelection, toTags, validateSettings } from './migration-settings.ts'
import { noSchedule } from './schedule-rows.ts'
import { noCutoverWindow } from './window-attention.ts'

const operation = 'migration.update'

/** What only people go by, and what was verified: the one may change at any time, the other before the start only. */
const labels = ['name', 'tags'] as const
const essentials = ['sourceId', 'targetId', 'selection', 'kind'] as const

type Settings = Required<Omit<MigrationChange, 'migrationId' | 'expectedVersion'>>

/**
 * Changes what is given and differs.
 * @throws GodwitError NOT_FOUND, SAME_ENDPOINT, BAD_INPUT, STALE_VERSION, ILLEGAL_ACTION, IDEMPOTENCY_KEY_REUSED
 */
export async function updateMigration(
  { database, recall }: Pick<ActNeeds, 'database' | 'recall'>,
  request: MigrationChange,
  context: CommandContext,
): Promise<Migration> {
  validateSettings(request)
  return await database.transaction(async (transaction) => {
    const row = await lockMigration(transaction, request.migrationId)
    const command = { operation, input: { ...request, migrationId: row.id }, context }
    if ((await recall(transaction, command, row.id)) !== null) return toMigration(row)
    assertVersion(row, request.expectedVersion)
    const before = settingsOf(row)
    const after = applyChange(before, request)
    const changed = findChanged(before, after)
    if (changed.length === 0) return toMigration(row)
    const edited = essentials.some((field) => changed.includes(field))
      ? await edit(transaction, row, { before, after })
      : await changeQuietly(transaction, row, { name: after.name, tags: after.tags })
    await record(transaction, { row, edited, changed, context })
    return toMigration(edited)
  })
}

function settingsOf({ name, tags, sourceId, targetId, selection, ...row }: MigrationRow): Settings {
  const { structure, fullCopy, incremental } = row
  return { name, tags, sourceId, targetId, selection, kind: { structure, fullCopy, incremental } }
}

function applyChange(before: Settings, change: MigrationChange): Settings {
  return {
    name: change.name ?? before.name,
    tags: change.tags === undefined ? before.tags : toTags(change.tags),
    sourceId: change.sourceId?.toLowerCase() ?? before.sourceId,
    targetId: change.targetId?.toLowerCase() ?? before.targetId,
    selection: toSelection(change.selection ?? before.selection),
    kind: change.kind ?? before.kind,
  }
}

function findChanged(before: Settings, after: Settings): readonly (keyof Settings)[] {
  return [...labels, ...essentials].filter(
    (field) => canonicalJson(before[field]) !== canonicalJson(after[field]),
  )
}

/** Makes a draft of it again: what was verified is something else now, and so may its steps be. */
async function edit(
  transaction: Database,
  row: MigrationRow,
  { before, after }: { readonly before: Settings; readonly after: Settings },
): Promise<MigrationRow> {
  const status = statusAfterAction(situationOf(row.status, await readSteps(transaction, row.id)), 'EDIT')
  const { kind, ...columns } = after
  if (before.sourceId !== after.sourceId || before.targetId !== after.targetId) {
    await lockEndpoints(transaction, after)
  }
  const [edited] = await transaction
    .update(migrations)
    .set({
      ...noProblem,
      ...noSchedule,
      ...columns,
      ...kind,
      status,
      version: row.version + 1,
      // Without incremental it completes when its copy is done.
      ...(!kind.incremental && noCutoverWindow),
    })
    .where(eq(migrations.id, row.id))
    .returning()
  if (edited === undefined) throw new TypeError(`the locked migration ${row.id} is gone`)
  await transaction.delete(verifyReports).where(eq(verifyReports.migrationId, row.id))
  await resetSteps(transaction, row.id, kind)
  return edited
}

async function resetSteps(transaction: Database, migrationId: string, kind: Kind): Promise<void> {
  await transaction.delete(steps).where(eq(steps.migrationId, migrationId))
  await insertSteps(transaction, migrationId, kind)
}

interface Edit {
  readonly row: MigrationRow
  readonly edited: MigrationRow
  readonly changed: readonly (keyof Settings)[]
  readonly context: CommandContext
}

async function record(transaction: Database, { row, edited, changed, context }: Edit): Promise<void> {
  const { actor } = context
  const move = { from: row.status, to: edited.status, version: edited.version }
  await appendEvent(transaction, row.id, {
    actor,
    event: {
      type: 'MIGRATION_EDITED',
      message: `Changed: ${changed.join(', ')}.`,
      payload: { changed, ...move },
    },
  })
  if (row.status !== edited.status) {
    await appendEvent(transaction, row.id, {
      actor,
      event: { type: 'STATUS_CHANGED', message: describeMove(move), payload: { action: 'EDIT', ...move } },
    })
  }
  await appendAudit(transaction, { actor, operation, subjectId: row.id, details: { changed, ...move } })
}

function describeMove({ from, to }: { readonly from: Status; readonly to: Status }): string {
  return `EDIT: ${from} to ${to}.`
}
