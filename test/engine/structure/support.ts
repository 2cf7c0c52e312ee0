import { randomUUID } from 'node:crypto'
import { type Guard, takeOver } from '../../../engine/bookkeeping/index.ts'
import { resolveSelection, type Selection, wholeDatabase } from '../../../engine/selection/index.ts'
import { dumpStructure } from '../../../engine/structure/dump.ts'
import {
  type RestoreRequest,
  type RestoreResult,
  restoreStructure,
  type StructureProgress,
} from '../../../engine/structure/index.ts'
import { describeEntry } from '../../../engine/structure/select-entries.ts'
import { settingsOf } from '../../support/connection.ts'
import type { TestDatabase, TestRole } from '../../support/servers.ts'

export const neverAborted = new AbortController().signal

/** Makes the bookkeeping on the target and takes ownership, as the runner does. */
export async function takeOverTarget(
  target: TestDatabase,
  { former, role }: { readonly former?: Guard; readonly role?: TestRole } = {},
): Promise<Guard> {
  const next: Guard = former
    ? { ...former, epoch: former.epoch + 1n }
    : { migrationId: randomUUID(), stream: 'main', epoch: 1n }
  await using client = await target.connect(role && { user: role.user, password: role.password })
  await takeOver(client, next)
  return next
}

export interface RestoreScene {
  readonly source: TestDatabase
  readonly target: TestDatabase
  readonly guard: Guard
  readonly selection?: Selection
  readonly holdBack?: boolean
  readonly onObject?: (progress: StructureProgress) => void
  readonly signal?: AbortSignal
}

export async function restorePhase(
  phase: RestoreRequest['phase'],
  { source, target, guard, selection, holdBack, onObject, signal }: RestoreScene,
): Promise<RestoreResult> {
  await using client = await source.connect()
  const selected = await resolveSelection(client, selection ?? wholeDatabase)
  const request: RestoreRequest = {
    phase,
    source: settingsOf(source),
    target: settingsOf(target),
    selected,
    guard,
    holdBack: holdBack ?? false,
    onObject: onObject ?? (() => undefined),
  }
  return await restoreStructure(request, signal ?? neverAborted)
}

/** All phases, and what they warned of. */
export async function restoreAll(scene: RestoreScene): Promise<string[]> {
  const before = await restorePhase('before data', scene)
  const after = await restorePhase('after data', scene)
  const heldBack = await restorePhase('held back', scene)
  return [...before.warnings, ...after.warnings, ...heldBack.warnings]
}

/** The structure as pg_dump tells it, comparable between databases: without the numbers and order of this one. */
export async function describeStructure(db: TestDatabase): Promise<string[]> {
  const entries = await dumpStructure(settingsOf(db), [], neverAborted)
  return entries.map((entry) => `${describeEntry(entry)}\n${entry.sql}`).sort()
}

/** Before 16, servers print a view's columns with the name of the table even if there is only one. */
export function withoutQualifiers(structure: readonly string[]): string[] {
  const isView = (text: string) => /^(VIEW|MATERIALIZED VIEW|RULE) /.test(text)
  return structure.map((text) => (isView(text) ? text.replaceAll(/"[^"]+"\.(?=")/g, '') : text))
}

/** The names of the entries of a database, as `TYPE schema.name`. */
export async function listStructure(db: TestDatabase): Promise<string[]> {
  const entries = await dumpStructure(settingsOf(db), [], neverAborted)
  return entries.map(describeEntry)
}
