/** What the row comparison does not see: sequences, objects without rows, and what Godwit left behind. */
import { Client } from 'pg'
import type { DemoDatabase, DemoServers } from './servers.ts'

export interface Inspection {
  readonly sequences: number
  readonly objects: number
  /** A sentence for each thing that is not as it should be. */
  readonly findings: readonly string[]
}

const listSequences = `
  select schemaname || '.' || sequencename as name, last_value from pg_sequences
  where schemaname not in ('godwit') order by 1`

/** Of every schema of the user, in words that are the same on all versions. */
const listObjects = `
  with schema as (
    select oid, nspname from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'godwit')
  )
  select format('%s %I.%I', relkind, nspname, relname) as name
  from pg_class join schema on schema.oid = relnamespace
  union all select format('function %s returns %s', p.oid::regprocedure, prorettype::regtype)
  from pg_proc p join schema on schema.oid = pronamespace
  union all select format('type %I.%I %s', nspname, typname, typtype)
  from pg_type join schema on schema.oid = typnamespace where typelem = 0
  union all select format('constraint %I of %s, validated: %s', conname, conrelid::regclass, convalidated)
  from pg_constraint join schema on schema.oid = connamespace where contype <> 'n'
  union all select format('trigger %I of %s, enabled: %s', tgname, tgrelid::regclass, tgenabled)
  from pg_trigger join pg_class c on c.oid = tgrelid join schema on schema.oid = relnamespace where not tgisinternal
  union all select format('materialized view %I.%I, filled: %s', nspname, relname, relispopulated)
  from pg_class join schema on schema.oid = relnamespace where relkind = 'm'
  union all select format('index %s, valid: %s', indexrelid::regclass, indisvalid)
  from pg_index join pg_class c on c.oid = indexrelid join schema on schema.oid = relnamespace`

const listLeftovers = `
  select 'replication slot ' || slot_name as name from pg_replication_slots
  union all select 'publication ' || pubname from pg_publication
  union all select 'schema ' || nspname from pg_namespace where nspname = 'godwit'`

/** Compares everything but the rows after a completed migration. */
export async function inspectShops({ source, target }: DemoServers): Promise<Inspection> {
  const findings: string[] = []
  const [fromSource, fromTarget] = await Promise.all([readObjects(source), readObjects(target)])
  for (const name of fromSource.difference(fromTarget)) findings.push(`missing on the target: ${name}`)
  for (const name of fromTarget.difference(fromSource)) findings.push(`only on the target: ${name}`)

  const [handedOut, next] = await Promise.all([readSequences(source), readSequences(target)])
  for (const [name, last] of handedOut) {
    const reached = next.get(name)
    if (last !== null && (reached === undefined || reached === null || reached < last)) {
      findings.push(
        `the sequence ${name} stands at ${reached ?? 'its start'} on the target, the source gave out ${last}`,
      )
    }
  }
  for (const [side, shop] of [
    ['source', source],
    ['target', target],
  ] as const) {
    for (const name of await queryNames(shop, listLeftovers))
      findings.push(`left behind on the ${side}: ${name}`)
  }
  return { sequences: handedOut.size, objects: fromSource.size, findings }
}

async function readObjects(shop: DemoDatabase): Promise<Set<string>> {
  return new Set(await queryNames(shop, listObjects))
}

async function readSequences(shop: DemoDatabase): Promise<Map<string, bigint | null>> {
  const rows = await query<{ name: string; last_value: string | null }>(shop, listSequences)
  return new Map(rows.map(({ name, last_value: last }) => [name, last === null ? null : BigInt(last)]))
}

async function queryNames(shop: DemoDatabase, sql: string): Promise<readonly string[]> {
  return (await query<{ name: string }>(shop, sql)).map(({ name }) => name)
}

async function query<R extends Record<string, unknown>>(
  shop: DemoDatabase,
  sql: string,
): Promise<readonly R[]> {
  const client = new Client({ connectionString: shop.url, application_name: 'inspect' })
  await client.connect()
  try {
    return (await client.query<R>(sql)).rows
  } finally {
    await client.end()
  }
}
