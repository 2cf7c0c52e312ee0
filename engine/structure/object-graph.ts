import type pg from 'pg'
import { readRows } from '../catalog/read-rows.ts'
import { userRelationSql } from '../catalog/user-objects.ts'

/** Catalogs whose oids the server has built in. */
export const catalogOid = {
  class: 1259,
  namespace: 2615,
  attributeDefault: 2604,
  constraint: 2606,
  rewrite: 2618,
} as const

/** An object of any catalog. */
export type ObjectKey = `${number}:${number}`

export function objectKey(classOid: number, oid: number): ObjectKey {
  return `${classOid}:${oid}`
}

/**
 * How pg_depend has it: 'a' and 'i' make the dependent object a part of the other; with 'i' the other in turn is
 * nothing without it.
 * @see https://www.postgresql.org/docs/current/catalog-pg-depend.html
 */
export interface Dependency {
  readonly dependent: ObjectKey
  readonly on: ObjectKey
  readonly type: string
}

export interface Relation {
  readonly key: ObjectKey
  readonly schema: string
  readonly name: string
  readonly kind: string
}

/** What depends on what among the objects of a database's users. */
export class ObjectGraph {
  /** Tables, partitioned and foreign tables, views and sequences. */
  readonly relations: readonly Relation[]
  readonly #byDependent: ReadonlyMap<ObjectKey, readonly Dependency[]>
  readonly #byReferenced: ReadonlyMap<ObjectKey, readonly Dependency[]>

  constructor(relations: readonly Relation[], dependencies: readonly Dependency[]) {
    this.relations = relations
    this.#byDependent = Map.groupBy(dependencies, ({ dependent }) => dependent)
    this.#byReferenced = Map.groupBy(dependencies, ({ on }) => on)
  }

  /** What an object depends on. */
  dependenciesOf(key: ObjectKey): readonly Dependency[] {
    return this.#byDependent.get(key) ?? []
  }

  dependentsOf(key: ObjectKey): readonly Dependency[] {
    return this.#byReferenced.get(key) ?? []
  }

  /**
   * What cannot be without the lost objects, and them: each with the lost object that it comes from.
   * @param kept never counted as lost, and so nothing because of them
   */
  spreadLoss(lost: Iterable<ObjectKey>, kept: ReadonlySet<ObjectKey>): Map<ObjectKey, ObjectKey> {
    const causes = new Map([...lost].map((key) => [key, key]))
    // A map's iteration goes on with what is added meanwhile.
    for (const [key, cause] of causes) {
      const next = [
        ...this.dependentsOf(key).map(({ dependent }) => dependent),
        ...this.dependenciesOf(key).flatMap(({ type, on }) => (type === 'i' ? [on] : [])),
      ]
      for (const found of next) if (!causes.has(found) && !kept.has(found)) causes.set(found, cause)
    }
    return causes
  }

  /** The objects and everything that they need, but for the lost ones. */
  collectNeeds(objects: Iterable<ObjectKey>, lost: ReadonlyMap<ObjectKey, unknown>): Set<ObjectKey> {
    const needed = new Set(objects)
    for (const key of needed) {
      const next = [
        ...this.dependenciesOf(key).map(({ on }) => on),
        ...this.dependentsOf(key).flatMap((found) => (isPart(found) ? [found.dependent] : [])),
      ]
      for (const found of next) if (!lost.has(found)) needed.add(found)
    }
    return needed
  }
}

/** Whether the dependent object is written in the statement that creates the other. */
function isPart({ type, dependent }: Dependency): boolean {
  const classOid = Number(dependent.split(':')[0])
  return (
    (type === 'a' || type === 'i') &&
    (classOid === catalogOid.attributeDefault ||
      classOid === catalogOid.constraint ||
      classOid === catalogOid.rewrite)
  )
}

/** Below are the server's own objects, which are everywhere. */
const firstUserOid = 16384

/** Reads the graph. Some ten rows a table: 10,000 tables take a second or so. */
export async function readObjectGraph(client: pg.Client): Promise<ObjectGraph> {
  const relations = await readRows<Omit<Relation, 'key'> & { oid: number }>(
    client,
    'the tables and views',
    `select c.oid, n.nspname::text as schema, c.relname::text as name, c.relkind::text as kind
       from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'f', 'v', 'm', 'S') and ${userRelationSql}`,
  )
  const dependencies = await readRows<{
    class_oid: number
    oid: number
    ref_class_oid: number
    ref_oid: number
    type: string
  }>(
    client,
    'what depends on what',
    `select distinct classid as class_oid, objid as oid, refclassid as ref_class_oid, refobjid as ref_oid,
            deptype::text as type
       from pg_catalog.pg_depend
      where objid >= $1 and (refclassid, refobjid) <> (classid, objid)`,
    [firstUserOid],
  )
  return new ObjectGraph(
    relations.map(({ oid, ...relation }) => ({ ...relation, key: objectKey(catalogOid.class, oid) })),
    dependencies.map((row) => ({
      dependent: objectKey(row.class_oid, row.oid),
      on: objectKey(row.ref_class_oid, row.ref_oid),
      type: row.type,
    })),
  )
}
