import type { ServerFacts } from '../catalog/index.ts'
import type { ConnectionSettings, ConnectionTest, Session } from '../endpoint/index.ts'
import type { Kind } from '../lifecycle/index.ts'
import type { SelectedObjects, Selection } from '../selection/index.ts'
import type { CheckResult } from './types.ts'

/** One of the two servers, with a session on it. */
export interface Server {
  readonly settings: ConnectionSettings
  readonly session: Session
  readonly facts: ServerFacts
  readonly test: ConnectionTest
}

export interface SourceContext {
  readonly source: Server
  readonly kind: Kind
}

export interface TargetContext {
  readonly target: Server
  readonly kind: Kind
}

export interface ServersContext extends SourceContext, TargetContext {}

/** What is selected on the source. */
export interface SelectionContext extends SourceContext {
  readonly selected: SelectedObjects
}

export interface TransferContext extends SelectionContext, TargetContext {}

/** What a check has to say. */
export type Finding = Pick<CheckResult, 'outcome' | 'detail' | 'remedy' | 'statements'>

/** One thing to look at before a migration starts. It changes nothing on either server. */
export interface Check<Context> {
  /** Stable, in kebab-case. */
  readonly name: string
  readonly title: string
  /** Whether a migration of this kind and selection has anything to do with it. */
  concerns(kind: Kind, selection: Selection): boolean
  run(context: Context): Promise<Finding>
}

/** What to do about a finding. */
export interface Mending {
  readonly remedy: string
  /** Ready to run, each with its semicolon. */
  readonly statements?: readonly string[]
}

export function passed(detail: string): Finding {
  return { outcome: 'passed', detail, remedy: null, statements: [] }
}

export function warning(detail: string, { remedy, statements = [] }: Mending): Finding {
  return { outcome: 'warning', detail, remedy, statements }
}

export function failed(detail: string, { remedy, statements = [] }: Mending): Finding {
  return { outcome: 'failed', detail, remedy, statements }
}

export const always = (): boolean => true
export const renamesStructure = (kind: Kind, { renames = [] }: Selection): boolean =>
  kind.structure && renames.length > 0
export const movesStructure = (kind: Kind): boolean => kind.structure
export const movesRows = (kind: Kind): boolean => kind.fullCopy || kind.incremental
export const followsChanges = (kind: Kind): boolean => kind.incremental
