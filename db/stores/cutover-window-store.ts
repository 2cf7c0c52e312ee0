import { eq } from 'drizzle-orm'
import {
  describeCutoverWindow,
  GodwitError,
  readCutoverWindow,
  type CommandContext,
  type CutoverWindowRequest,
  type CutoverWindowSetting,
  type CutoverWindowStore,
  type EventPayload,
  type Migration,
  type Status,
} from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { migrations } from '../schema/index.ts'
import { assertVersion, type ActNeeds } from './act-on-migration.ts'
import { appendAudit } from './append-audit.ts'
import { appendEvent } from './append-event.ts'
import { attendWindows } from './attend-windows.ts'
import { lockMigration, toMigration, type MigrationRow } from './migration-rows.ts'
import { readClock, toStoredCutoverWindow } from './schedule-rows.ts'
import { toAttentionColumns } from './window-attention.ts'

const operation = 'migration.cutover_window'

export function createCutoverWindowStore(needs: ActNeeds): CutoverWindowStore {
  const { database, recall } = needs
  return {
    set: (request, context) =>
      database.transaction(async (transaction) => {
        const row = await lockMigration(transaction, request.migrationId)
        const command = { operation, input: { ...request, migrationId: row.id }, context }
        if ((await recall(transaction, command, row.id)) !== null) return toMigration(row)
        return await setWindow(transaction, { row, request, context })
      }),
    attend: () => attendWindows(needs),
    readClock: () => database.run(readClock),
  }
}

interface WindowChange {
  readonly row: MigrationRow
  readonly request: CutoverWindowRequest
  readonly context: CommandContext
}

async function setWindow(
  transaction: Database,
  { row, request, context: { actor } }: WindowChange,
): Promise<Migration> {
  assertVersion(row, request.expectedVersion)
  assertCutoverAhead(row)
  const now = await readClock(transaction)
  const setting = request.setting && {
    automatic: request.setting.automatic,
    window: readCutoverWindow(request.setting.window, now, 'window'),
  }
  const [changed] = await transaction
    .update(migrations)
    .set({
      cutoverWindow: setting && toStoredCutoverWindow(setting),
      ...toAttentionColumns(setting, now),
      version: row.version + 1,
    })
    .where(eq(migrations.id, row.id))
    .returning()
  if (changed === undefined) throw new TypeError(`the locked migration ${row.id} is gone`)
  const payload = describeSetting(setting, changed.version)
  await appendEvent(transaction, row.id, {
    actor,
    event: { type: 'CUTOVER_WINDOW_CHANGED', message: tellSetting(setting), payload },
  })
  await appendAudit(transaction, { actor, operation, subjectId: row.id, details: payload })
  return toMigration(changed)
}

const behindCutover: ReadonlySet<Status> = new Set(['COMPLETING', 'COMPLETED', 'CANCELLING', 'CANCELLED'])

function assertCutoverAhead({ status, incremental, shortId }: MigrationRow): void {
  if (behindCutover.has(status)) {
    throw new GodwitError(
      'ILLEGAL_ACTION',
      `The cutover window of ${shortId} cannot be changed in status ${status}: no cutover is to come.`,
    )
  }
  if (incremental) return
  throw new GodwitError(
    'ILLEGAL_ACTION',
    `The migration ${shortId} has no incremental, so it completes when its copy is done, and not in a window.`,
    { remedy: 'Schedule its start instead.' },
  )
}

function describeSetting(setting: CutoverWindowSetting | null, version: number): EventPayload {
  const window = setting === null ? null : describeCutoverWindow(setting.window)
  return { window, automatic: setting?.automatic ?? false, version }
}

function tellSetting(setting: CutoverWindowSetting | null): string {
  if (setting === null) return 'The cutover may happen at any time.'
  const how = setting.automatic ? 'Godwit completes by itself then, once a plan is approved.' : ''
  return `The cutover may happen ${describeCutoverWindow(setting.window)}. ${how}`.trim()
}
