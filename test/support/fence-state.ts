import type { QueryResult } from 'pg'

interface Queryable {
  query(sql: string): Promise<QueryResult<{ state: unknown }>>
}

/**
 * All that a fence may change on a database, as the catalog has it. The order of privileges means nothing, and those
 * that nobody ever granted are the same as the default ones.
 */
export async function readFenceState(database: Queryable): Promise<unknown> {
  const { rows } = await database.query(`
    select jsonb_build_object(
      'settings', (select jsonb_agg(jsonb_build_array(s.setrole, s.setdatabase, s.setconfig) order by s.setrole)
                     from pg_catalog.pg_db_role_setting s
                    where s.setdatabase = d.oid),
      'privileges', (select jsonb_agg(acl.item::text order by acl.item::text)
                       from pg_catalog.unnest(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba)))
                         as acl (item))) as state
      from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()`)
  return rows[0]?.state
}
