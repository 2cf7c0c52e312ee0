import type { QualifiedName } from '../../catalog/types.ts'
import type { CleanUpItem, ReportedDatabase, SourceFence } from '../../ports/index.ts'
import { quoteIdent, quoteQualified } from '../../postgres/index.ts'
import type { SelectedTable } from '../../selection/index.ts'

export interface CleanUpFacts {
  readonly source: ReportedDatabase
  readonly target: ReportedDatabase
  readonly fence: SourceFence | null
  readonly tables: readonly SelectedTable[]
  /** Changes were followed, for which accounts and settings are made. */
  readonly incremental: boolean
}

/** What people may want to take back when nothing else needs it, with the statements. Pure. */
export function suggestCleanUp(facts: CleanUpFacts): readonly CleanUpItem[] {
  return [
    ...fenceOf(facts),
    ...replicaIdentitiesOf(facts),
    accountOf('SOURCE', facts.source, facts.incremental),
    accountOf('TARGET', facts.target, false),
    ...settingsOf(facts),
  ]
}

function fenceOf({ fence }: CleanUpFacts): readonly CleanUpItem[] {
  if (fence === null) return []
  return [
    {
      side: 'SOURCE',
      what: 'The source stays fenced, so that nobody writes to it by mistake. To let it be written to again:',
      statements: terminate(fence.undo),
    },
  ]
}

/** A dump takes the replica identity along, so the target has it too. */
function replicaIdentitiesOf({ tables, incremental }: CleanUpFacts): readonly CleanUpItem[] {
  const full = tables.filter(({ replicaIdentity, partitioned }) => replicaIdentity === 'full' && !partitioned)
  if (!incremental || full.length === 0) return []
  const reset = ({ schema, name }: QualifiedName) =>
    `ALTER TABLE ${quoteQualified(schema, name)} REPLICA IDENTITY DEFAULT`
  const what = 'Tables with REPLICA IDENTITY FULL write more log. If they got it for the migration:'
  return [
    { side: 'TARGET', what, statements: terminate(full.map(({ target }) => reset(target))) },
    { side: 'SOURCE', what, statements: terminate(full.map(reset)) },
  ]
}

/** DROP ROLE fails as long as the account owns something, which is as it should be. */
function accountOf(
  side: CleanUpItem['side'],
  { user, database }: ReportedDatabase,
  replicated: boolean,
): CleanUpItem {
  const role = quoteIdent(user)
  return {
    side,
    what: `The account ${user}, if it was made for the migration:`,
    statements: terminate([
      ...(replicated ? [`ALTER ROLE ${role} NOREPLICATION`] : []),
      `REVOKE ALL ON DATABASE ${quoteIdent(database)} FROM ${role}`,
      `DROP ROLE ${role}`,
    ]),
  }
}

function settingsOf({ incremental }: CleanUpFacts): readonly CleanUpItem[] {
  if (!incremental) return []
  return [
    {
      side: 'SOURCE',
      what: 'Settings that were made for the migration and nothing else needs; then restart the server:',
      statements: terminate([
        'ALTER SYSTEM RESET wal_level',
        'ALTER SYSTEM RESET max_replication_slots',
        'ALTER SYSTEM RESET max_wal_senders',
      ]),
    },
  ]
}

function terminate(statements: readonly string[]): readonly string[] {
  return statements.map((statement) => `${statement};`)
}
