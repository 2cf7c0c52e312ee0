/**
 * Conditions on `pg_class c` joined with `pg_namespace n`: objects that belong to the database's users. Not the
 * server's own (schemas whose names begin with pg_ are reserved for it), temporary ones, Godwit's bookkeeping,
 * or what an extension made and will make again.
 */
export const userRelationSql = `
  n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'godwit')
  and c.relpersistence <> 't'
  and not exists (
    select from pg_catalog.pg_depend e
     where e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and e.objid = c.oid and e.deptype = 'e')`

/** Conditions on `pg_namespace n`: schemas of the database's users, also those that an extension lives in. */
export const userSchemaSql = `n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'godwit')`
