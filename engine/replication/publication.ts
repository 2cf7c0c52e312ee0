import type pg from 'pg'
import type { CatalogTable } from '../catalog/types.ts'
import { readVersionNum } from '../catalog/version.ts'
import { toSessionError } from '../endpoint/index.ts'
import { GodwitError } from '../errors.ts'
import { quoteIdent, quoteQualified, sqlState, sqlStateOf } from '../postgres/index.ts'
import type { SelectedObjects } from '../selection/index.ts'

export interface PublicationRequest {
  readonly name: string
  readonly selected: SelectedObjects
}

/** Each statement takes a lock on its tables until it ends, and the server's lock table is not large. */
const tablesPerStatement = 500
const lockTimeoutMs = 30_000

/**
 * Publishes the changes of the selected tables, under the names of the tables that hold the rows. A publication of
 * the same name is replaced. When it fails, none is left.
 * @throws GodwitError BAD_INPUT for a table without a replica identity, PERMISSION_DENIED, LOCK_TIMEOUT
 * @see https://www.postgresql.org/docs/current/sql-createpublication.html
 */
export async function createPublication(client: pg.Client, request: PublicationRequest): Promise<void> {
  const { name, selected } = request
  assertReplicaIdentities(selected.tables)
  const versionNum = await readVersionNum(client)
  const tables = publishableOf(selected.tables, versionNum)
  try {
    await dropPublication(client, name)
    await setLockTimeout(client)
    const [first, ...rest] = inChunks(tables)
    await client.query(createSql(name, first ?? [], versionNum))
    for (const chunk of rest) {
      await client.query(`alter publication ${quoteIdent(name)} add table ${listTables(chunk)}`)
    }
  } catch (error) {
    await client.query(`drop publication if exists ${quoteIdent(name)}`).catch(() => {
      // The first error says why; the next attempt drops what is left.
    })
    throw toPublicationError(error, client, name)
  }
}

/**
 * Drops a publication; one that is not there is fine.
 * @throws GodwitError PERMISSION_DENIED, LOCK_TIMEOUT
 */
export async function dropPublication(client: pg.Client, name: string): Promise<void> {
  try {
    await setLockTimeout(client)
    await client.query(`drop publication if exists ${quoteIdent(name)}`)
  } catch (error) {
    throw toSessionError(error, `Dropping publication ${name}`)
  }
}

async function setLockTimeout(client: pg.Client): Promise<void> {
  await client.query(`set lock_timeout = ${lockTimeoutMs}`)
}

/**
 * In a publication, a table without a replica identity refuses every update and delete: the users of the source
 * would get errors. So it is never published.
 */
function assertReplicaIdentities(tables: readonly CatalogTable[]): void {
  const without = tables.filter((table) => !table.partitioned && !hasReplicaIdentity(table))
  const [first] = without
  if (first === undefined) return
  const names = without.slice(0, 5).map((table) => `${table.schema}.${table.name}`)
  const more = without.length > names.length ? ` and ${without.length - names.length} more` : ''
  throw new GodwitError(
    'BAD_INPUT',
    `Without a replica identity, changed rows cannot be found: ${names.join(', ')}${more}.`,
    {
      remedy: `On the source: ALTER TABLE ${quoteQualified(first.schema, first.name)} REPLICA IDENTITY FULL, or add a primary key.`,
    },
  )
}

/** Generated columns are not in the stream, so rows cannot be found by a key that has one. */
function hasReplicaIdentity({ replicaIdentity, key, columns }: CatalogTable): boolean {
  if (replicaIdentity === 'full') return true
  if (replicaIdentity === 'nothing' || key === null) return false
  return !columns.some(({ name, generated }) => generated !== null && key.columns.includes(name))
}

/**
 * Partitioned tables stand for their partitions, also for those that come later; before 13, which cannot publish
 * them, the partitions themselves are listed. Changes of unlogged tables are in no log.
 */
function publishableOf(tables: readonly CatalogTable[], versionNum: number): readonly CatalogTable[] {
  const hasRoots = versionNum >= 130000
  return tables.filter(
    ({ logged, isPartition, partitioned }) => logged && !(hasRoots ? isPartition : partitioned),
  )
}

function inChunks(tables: readonly CatalogTable[]): CatalogTable[][] {
  const chunks: CatalogTable[][] = []
  for (let from = 0; from < tables.length; from += tablesPerStatement) {
    chunks.push(tables.slice(from, from + tablesPerStatement))
  }
  return chunks
}

function createSql(name: string, tables: readonly CatalogTable[], versionNum: number): string {
  const operations = versionNum >= 110000 ? 'insert, update, delete, truncate' : 'insert, update, delete'
  const viaRoot = versionNum >= 130000 ? ', publish_via_partition_root = false' : ''
  const list = tables.length === 0 ? '' : `for table ${listTables(tables)}`
  return `create publication ${quoteIdent(name)} ${list} with (publish = '${operations}'${viaRoot})`
}

/** ONLY, because tables that inherit are listed themselves where they are selected. */
function listTables(tables: readonly CatalogTable[]): string {
  return tables.map((table) => `only ${quoteQualified(table.schema, table.name)}`).join(', ')
}

function toPublicationError(error: unknown, client: pg.Client, name: string): GodwitError {
  const sessionError = toSessionError(error, `Creating publication ${name}`)
  if (sqlStateOf(error) !== sqlState.insufficientPrivilege) return sessionError
  const user = quoteIdent(client.user ?? 'user')
  const database = quoteIdent(client.database ?? 'database')
  return new GodwitError('PERMISSION_DENIED', sessionError.message, {
    cause: sessionError.cause,
    remedy:
      `On the source: GRANT CREATE ON DATABASE ${database} TO ${user}; and make ${user} the owner of every selected ` +
      `table (ALTER TABLE … OWNER TO ${user}) or a member of the role that owns it (GRANT owner TO ${user}).`,
  })
}
