import type pg from 'pg'
import { connect, type ConnectionSettings } from '../endpoint/index.ts'
import { GodwitError } from '../errors.ts'
import { readRows } from './read-rows.ts'
import { userRelationSql, userSchemaSql } from './user-objects.ts'

/** Something that a rule of a selection can name. */
export interface FoundObject {
  readonly kind: 'SCHEMA' | 'TABLE'
  readonly schema: string
  /** Null of a schema. */
  readonly table: string | null
  /** By the statistics of the server, without indexes; null where they say nothing yet. */
  readonly sizeBytes: bigint | null
}

export interface ObjectSearch {
  /** Somewhere in `schema.table`, in upper or lower case. Empty: everything. */
  readonly text: string
  readonly limit: number
}

/** Who is typing waits for the answer; later it is of no use. */
const timeoutMs = 2_500

/**
 * Finds schemas and tables of a live database by a part of their names, the best first: the very name, one that begins
 * with the text, one that has it elsewhere; schemas before tables. Partitions are not found, for they follow their
 * root. Sizes are those of the statistics, because to measure a table is to wait for who has locked it.
 * @throws GodwitError ENDPOINT_…, SERVER_BUSY, CONNECTION_LOST, PERMISSION_DENIED
 * @throws the reason of `signal` when aborted
 */
export async function searchObjects(
  settings: ConnectionSettings,
  search: ObjectSearch,
  signal: AbortSignal,
): Promise<readonly FoundObject[]> {
  const timeout = AbortSignal.timeout(timeoutMs)
  const options = {
    purpose: 'object search',
    connectTimeoutMs: timeoutMs,
    settings: { statement_timeout: String(timeoutMs) },
  }
  try {
    await using session = await connect(settings, options, AbortSignal.any([signal, timeout]))
    return await readFound(session, search)
  } catch (error) {
    signal.throwIfAborted()
    throw timeout.aborted ? tooSlow(settings, error) : error
  }
}

function tooSlow({ host, port }: ConnectionSettings, cause: unknown): GodwitError {
  return new GodwitError(
    'ENDPOINT_UNREACHABLE',
    `${host}:${port} did not answer within ${timeoutMs / 1000} s.`,
    {
      cause,
      remedy: 'Try again; if it persists, check whether the server is overloaded.',
    },
  )
}

interface FoundRow {
  readonly schema: string
  readonly table: string | null
  readonly size_bytes: string | null
}

async function readFound(session: pg.Client, { text, limit }: ObjectSearch): Promise<readonly FoundObject[]> {
  const rows = await readRows<FoundRow>(session, 'the objects', searchSql, [text.trim(), limit])
  return rows.map(({ schema, table, size_bytes: size }) => ({
    kind: table === null ? 'SCHEMA' : 'TABLE',
    schema,
    table,
    sizeBytes: size === null ? null : BigInt(size),
  }))
}

/**
 * Names are compared under the rules of the database: those of the type `name` know no case beyond ASCII. A table that
 * was never analyzed has no pages by the statistics, like an empty one; before 14 the two cannot be told apart.
 */
const searchSql = `
  with recursive named as (
    select n.oid as schema_oid, null::pg_catalog.oid as oid, n.nspname::text as schema, null::text as table,
           pg_catalog.lower(n.nspname::text collate pg_catalog."default") as name,
           pg_catalog.lower(n.nspname::text collate pg_catalog."default") as full_name
      from pg_catalog.pg_namespace n
     where ${userSchemaSql}
    union all
    select n.oid, c.oid, n.nspname::text, c.relname::text,
           pg_catalog.lower(c.relname::text collate pg_catalog."default"),
           pg_catalog.lower((n.nspname::text || '.' || c.relname::text) collate pg_catalog."default")
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and ${userRelationSql}
  ), wanted as (
    select pg_catalog.lower($1::text collate pg_catalog."default") as text
  ), found as (
    select named.*,
           case
             when name = text or full_name = text then 1
             when pg_catalog.strpos(name, text) = 1 then 2
             when pg_catalog.strpos(full_name, text) = 1 then 3
             when pg_catalog.strpos(name, text) > 0 then 4
             else 5
           end as rank
      from named, wanted
     where pg_catalog.strpos(full_name, text) > 0
     order by rank, oid is not null, schema, "table"
     limit $2
  ), members as (
    (
      select f.schema_oid, f.oid, f.oid as member from found f where f.oid is not null
      union all
      select f.schema_oid, f.oid, c.oid
        from found f
        join pg_catalog.pg_class c on c.relnamespace = f.schema_oid and c.relkind = 'r'
       where f.oid is null
    )
    union
    select m.schema_oid, m.oid, i.inhrelid
      from members m
      join pg_catalog.pg_inherits i on m.oid is not null and i.inhparent = m.member
      join pg_catalog.pg_class p on p.oid = i.inhrelid and p.relispartition
  ), sizes as (
    select m.schema_oid, m.oid,
           pg_catalog.sum(c.relpages::int8 + coalesce(t.relpages, 0)) as pages,
           pg_catalog.bool_and(c.reltuples >= 0) and pg_catalog.current_setting('server_version_num')::int >= 140000 as known
      from members m
      join pg_catalog.pg_class c on c.oid = m.member and c.relkind = 'r'
      left join pg_catalog.pg_class t on t.oid = c.reltoastrelid
     group by m.schema_oid, m.oid
  )
  select f.schema, f."table",
         case when s.pages > 0 or s.known
           then s.pages * pg_catalog.current_setting('block_size')::int8
         end::int8::text as size_bytes
    from found f
    left join sizes s on s.schema_oid = f.schema_oid and s.oid is not distinct from f.oid
   order by f.rank, f.oid is not null, f.schema, f."table"`
