import type pg from 'pg'
import { inGuardedTransaction, type Guard } from '../bookkeeping/index.ts'
import type { QualifiedName } from '../catalog/types.ts'
import { userRelationSql } from '../catalog/user-objects.ts'
import { toSessionError } from '../endpoint/index.ts'
import { quoteQualified } from '../postgres/index.ts'
import type { SelectedObjects } from '../selection/index.ts'

interface View extends QualifiedName {
  readonly oid: number
  /** One that holds rows, not just a query. */
  readonly populated: boolean
  /** Views that it reads from. */
  readonly reads: readonly number[]
}

/** Plain views too, for a materialized view may read another one through them. */
const viewsSql = `
  select c.oid, n.nspname::text as schema, c.relname::text as name,
         c.relkind = 'm' and c.relispopulated as populated,
         array(select distinct d.refobjid
                 from pg_catalog.pg_rewrite r
                 join pg_catalog.pg_depend d
                   on d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and d.objid = r.oid
                where r.ev_class = c.oid and d.refobjid <> c.oid
                  and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass) as reads
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('v', 'm') and ${userRelationSql}
   order by n.nspname, c.relname`

/**
 * Refreshes on the target the materialized views of the selected schemas that the source has populated, each after
 * those that it reads from. What a view reads through functions is not known; pg_dump does not know it either.
 * Returns how many were refreshed.
 * @throws GodwitError LEASE_LOST, STATEMENT_FAILED naming the view, …
 */
export async function refreshMaterializedViews(
  source: pg.Client,
  target: pg.Client,
  guard: Guard,
  selected: Pick<SelectedObjects, 'whole' | 'schemas' | 'nameOnTarget'>,
): Promise<number> {
  const views = await source.query<View>(viewsSql).catch((error: unknown) => {
    throw toSessionError(error, 'Reading the materialized views of the source')
  })
  const onTarget = await readNames(target)
  const schemas = new Set(selected.schemas)
  const wanted = inReadingOrder(views.rows)
    .filter((view) => view.populated && (selected.whole || schemas.has(view.schema)))
    .map((view) => selected.nameOnTarget(view))
    .filter(({ schema, name }) => onTarget.has(quoteQualified(schema, name)))
  for (const view of wanted) await refresh(target, guard, view)
  return wanted.length
}

/** A selection of some tables of a schema leaves views out whose tables are not there. */
async function readNames(target: pg.Client): Promise<ReadonlySet<string>> {
  const found = await target
    .query<{ schema: string; name: string }>(
      `select n.nspname::text as schema, c.relname::text as name
         from pg_catalog.pg_class c
         join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'm'`,
    )
    .catch((error: unknown) => {
      throw toSessionError(error, 'Reading the materialized views of the target')
    })
  return new Set(found.rows.map(({ schema, name }) => quoteQualified(schema, name)))
}

/** Each view after those that it reads from. Plain views can be made to read each other in a circle. */
function inReadingOrder(views: readonly View[]): readonly View[] {
  const byOid = new Map(views.map((view) => [view.oid, view]))
  const visited = new Set<View>()
  const ordered: View[] = []
  const visit = (view: View) => {
    if (visited.has(view)) return
    visited.add(view)
    for (const oid of view.reads) {
      const read = byOid.get(oid)
      if (read !== undefined) visit(read)
    }
    ordered.push(view)
  }
  for (const view of views) visit(view)
  return ordered
}

async function refresh(target: pg.Client, guard: Guard, view: QualifiedName): Promise<void> {
  try {
    await inGuardedTransaction(target, guard, async () => {
      await target.query(`refresh materialized view ${quoteQualified(view.schema, view.name)}`)
    })
  } catch (error) {
    throw toSessionError(error, `Refreshing ${view.schema}.${view.name} on the target`)
  }
}
