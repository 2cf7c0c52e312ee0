import type {
  Check,
  SelectionContext,
  ServersContext,
  SourceContext,
  TargetContext,
  TransferContext,
} from '../check.ts'
import { collation } from './collation.ts'
import { encoding } from './encoding.ts'
import { extensions } from './extensions.ts'
import { largeObjects } from './large-objects.ts'
import { openTransactionsOlderThan } from './open-transactions.ts'
import { pgDump } from './pg-dump.ts'
import { publicationOwnership } from './publication-ownership.ts'
import { publicationPrivilege } from './publication-privilege.ts'
import { renamedExtensions } from './renamed-extensions.ts'
import { renamedObjects } from './renamed-objects.ts'
import { renamedReferences } from './renamed-references.ts'
import { renamedText } from './renamed-text.ts'
import { replicaIdentity } from './replica-identity.ts'
import { replicaRole } from './replica-role.ts'
import { replicationPrivilege } from './replication-privilege.ts'
import { replicationSlots } from './replication-slots.ts'
import { rowLevelSecurity } from './row-level-security.ts'
import { sameDatabase } from './same-database.ts'
import { sourcePrimary } from './source-primary.ts'
import { sourceVersion } from './source-version.ts'
import { tablePrivileges } from './table-privileges.ts'
import { targetEmpty } from './target-empty.ts'
import { targetPrivileges } from './target-privileges.ts'
import { targetTables } from './target-tables.ts'
import { targetVersion } from './target-version.ts'
import { targetWalSize } from './target-wal-size.ts'
import { targetWritable } from './target-writable.ts'
import { unloggedTables } from './unlogged-tables.ts'
import { versionOrder } from './version-order.ts'
import { walLevel } from './wal-level.ts'
import { walRetention } from './wal-retention.ts'
import { walSenders } from './wal-senders.ts'

const longTransactionMs = 60_000

/** In the order of the report, by what they need to have before them. */
export const sourceChecks: readonly Check<SourceContext>[] = [
  sourceVersion,
  sourcePrimary,
  walLevel,
  replicationSlots,
  walSenders,
  replicationPrivilege,
  publicationPrivilege,
  openTransactionsOlderThan(longTransactionMs),
  largeObjects,
  pgDump,
]

export const targetChecks: readonly Check<TargetContext>[] = [targetVersion, targetWritable, replicaRole]

export const serversChecks: readonly Check<ServersContext>[] = [
  sameDatabase,
  versionOrder,
  encoding,
  collation,
]

export const selectionChecks: readonly Check<SelectionContext>[] = [
  tablePrivileges,
  rowLevelSecurity,
  publicationOwnership,
  replicaIdentity,
  unloggedTables,
  walRetention,
  renamedObjects,
  renamedExtensions,
  renamedText,
  renamedReferences,
]

export const transferChecks: readonly Check<TransferContext>[] = [
  targetPrivileges,
  targetEmpty,
  targetTables,
  extensions,
  targetWalSize,
]
