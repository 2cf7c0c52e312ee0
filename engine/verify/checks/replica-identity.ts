import type { CatalogTable } from '../../catalog/index.ts'
import type { Session } from '../../endpoint/index.ts'
import { quoteIdent } from '../../postgres/index.ts'
import { failed, followsChanges, passed, warning, type Check, type SelectionContext } from '../check.ts'
import { count, listObjects, statementsFor } from '../listing.ts'

/** Unique indexes that can stand in for a primary key. */
const candidatesSql = `
  select i.indrelid as oid, min(x.relname::text) as index_name
    from pg_catalog.pg_index i
    join pg_catalog.pg_class x on x.oid = i.indexrelid
   where i.indrelid = any($1::oid[]) and i.indisunique and i.indimmediate and i.indisvalid
     and i.indpred is null and i.indexprs is null
     and not exists (
       select from unnest(i.indkey::int2[]) as k(attnum)
         join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
        where not a.attnotnull)
   group by i.indrelid`

/**
 * Once a table is published, the server refuses an UPDATE or DELETE of a row that it cannot identify: the
 * application of the source would fail. So such a table must not be published.
 * @see https://www.postgresql.org/docs/current/logical-replication-publication.html#LOGICAL-REPLICATION-PUBLICATION-REPLICA-IDENTITY
 */
export const replicaIdentity: Check<SelectionContext> = {
  name: 'replica-identity',
  title: 'Tables without a key',
  concerns: followsChanges,
  async run({ source, selected }) {
    // Of a partitioned table, the partitions say how rows are identified.
    const tables = selected.tables.filter(({ partitioned }) => !partitioned)
    const unidentified = tables.filter(isUnidentified)
    if (unidentified.length > 0) return await refuse(source.session, unidentified)
    const slow = tables.filter((table) => table.key === null)
    if (slow.length === 0) return passed('Every table has a key.')
    return warning(
      `${count(slow.length, 'table')} without a key, identified by whole rows: ${listObjects(slow)}. An UPDATE or DELETE ` +
        'of many rows is slow to apply: each searches the whole table on the target.',
      { remedy: 'Add a primary key, or accept this where such statements are few.' },
    )
  },
}

function isUnidentified({ replicaIdentity: identity, key }: CatalogTable): boolean {
  return identity === 'nothing' || (identity === 'default' && key === null)
}

async function refuse(session: Session, tables: readonly CatalogTable[]) {
  const { rows } = await session.query<{ oid: number; index_name: string }>(candidatesSql, [
    tables.map(({ oid }) => oid),
  ])
  const candidates = new Map(rows.map(({ oid, index_name: name }) => [oid, name]))
  return failed(
    `${count(tables.length, 'table')} without a replica identity: ${listObjects(tables)}. Once such a table is published, ` +
      'the source refuses every UPDATE and DELETE of it.',
    {
      remedy:
        'Run the statements as the owner of the tables (a primary key is better where one can be added). With FULL, the ' +
        'source writes whole old rows to its WAL: set it back after the migration.',
      statements: statementsFor(
        tables,
        (qualified, table) =>
          `ALTER TABLE ${qualified} REPLICA IDENTITY ${chooseIdentity(table, candidates)};`,
      ),
    },
  )
}

function chooseIdentity(table: CatalogTable, candidates: ReadonlyMap<number, string>): string {
  if (table.key !== null) return 'DEFAULT'
  const index = candidates.get(table.oid)
  return index === undefined ? 'FULL' : `USING INDEX ${quoteIdent(index)}`
}
