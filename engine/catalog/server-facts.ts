import type pg from 'pg'
import { readRows } from './read-rows.ts'
import type { ServerFacts } from './types.ts'

interface FactsRow {
  readonly version_num: number
  readonly version: string
  readonly wal_level: string
  readonly in_recovery: boolean
  readonly database: string
  readonly encoding: string
  readonly collation: string
  readonly may_read_control: boolean
}

/** As JSON, because the column of the locale has another name in 15 and 16, and is missing before. */
const factsSql = `
  select pg_catalog.current_setting('server_version_num')::int as version_num,
         pg_catalog.current_setting('server_version') as version,
         pg_catalog.current_setting('wal_level') as wal_level,
         pg_catalog.pg_is_in_recovery() as in_recovery,
         d.datname::text as database,
         pg_catalog.pg_encoding_to_char(d.encoding)::text as encoding,
         coalesce(
           pg_catalog.to_jsonb(d) ->> 'datlocale',
           pg_catalog.to_jsonb(d) ->> 'daticulocale',
           d.datcollate::text
         ) as collation,
         pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'execute') as may_read_control
    from pg_catalog.pg_database d
   where d.datname = pg_catalog.current_database()`

const systemIdentifierSql = 'select system_identifier::text as identifier from pg_catalog.pg_control_system()'

/**
 * Reads what a server says of itself, from PostgreSQL 10 on. `systemIdentifier` is null where the user may not
 * read it; a replication connection always tells it (IDENTIFY_SYSTEM).
 */
export async function readServerFacts(client: pg.Client): Promise<ServerFacts> {
  const [row] = await readRows<FactsRow>(client, 'the facts of the server', factsSql)
  if (row === undefined) throw new Error('pg_database has no row of the current database')
  return {
    versionNum: row.version_num,
    version: row.version,
    walLevel: row.wal_level,
    inRecovery: row.in_recovery,
    systemIdentifier: row.may_read_control ? await readSystemIdentifier(client) : null,
    database: row.database,
    encoding: row.encoding,
    collation: row.collation,
  }
}

async function readSystemIdentifier(client: pg.Client): Promise<string | null> {
  const [row] = await readRows<{ identifier: string }>(client, 'the system identifier', systemIdentifierSql)
  return row?.identifier ?? null
}
