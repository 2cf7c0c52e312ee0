import type pg from 'pg'
import { readRows } from './read-rows.ts'
import { userSchemaSql } from './user-objects.ts'

/** Reads the names of the schemas of the database's users, `public` among them where it exists. */
export async function readSchemas(client: pg.Client): Promise<string[]> {
  const rows = await readRows<{ name: string }>(
    client,
    'the schemas',
    `select n.nspname::text as name from pg_catalog.pg_namespace n where ${userSchemaSql} order by n.nspname`,
  )
  return rows.map(({ name }) => name)
}
