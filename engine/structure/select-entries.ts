import { quoteQualified } from '../postgres/index.ts'
import type { SelectedObjects } from '../selection/index.ts'
import { objectKey, type ObjectGraph, type ObjectKey, type Relation } from './object-graph.ts'
import type { StructureEntry } from './parse-dump.ts'

/** An entry that lies where something is selected, but cannot be on the target. */
interface LeftOut {
  readonly entry: StructureEntry
  /** A sentence for people. */
  readonly why: string
}

export interface EntrySelection {
  /** In the order of the dump. */
  readonly entries: readonly StructureEntry[]
  readonly leftOut: readonly LeftOut[]
}

/** What cannot be on the target, with the relation that it is missing. */
type Losses = ReadonlyMap<ObjectKey, ObjectKey>

/**
 * Picks the entries of a selection that is not the whole database: what is in its schemas, but for tables and
 * sequences that are not selected and what depends on them, and what all that needs from elsewhere (types,
 * functions, extensions, foreign servers …), as far as the server knows of it: not what is named in the text of
 * functions.
 */
export function selectEntries(
  entries: readonly StructureEntry[],
  selected: SelectedObjects,
  graph: ObjectGraph,
): EntrySelection {
  const losses = findLosses(selected, graph)
  const schemas = new Set(selected.schemas.map(asInDump))
  const objects = entries.filter(isObject)
  const here = objects.filter((entry) => schemas.has(schemaOf(entry) ?? ''))
  const base = here.filter((entry) => !losses.has(keyOf(entry)))
  const needed = addConversions(objects, graph.collectNeeds(base.map(keyOf), losses), graph)

  const kept = new Set(objects.filter((entry) => needed.has(keyOf(entry))))
  for (const entry of base) kept.add(entry)
  for (const entry of findFollowers(entries, kept, (object) => isPartOfLost(object, graph, losses))) {
    kept.add(entry)
  }
  return {
    entries: entries.filter((entry) => kept.has(entry)),
    leftOut: here
      .filter(
        (entry) => !kept.has(entry) && !isLostItself(entry, losses) && !isPartOfLost(entry, graph, losses),
      )
      .map((entry) => ({ entry, why: explainLoss(entry, losses, graph) })),
  }
}

/** For people: the type, and the name with its schema. */
export function describeEntry(entry: StructureEntry): string {
  return `${entry.type} ${nameEntry(entry)}`
}

/** For people: the name with its schema. */
export function nameEntry({ schema, name }: StructureEntry): string {
  return schema === null ? name : `${schema}.${name}`
}

/** pg_dump writes line breaks in names as blanks. */
function asInDump(name: string): string {
  return name.replaceAll(/[\r\n]/g, ' ')
}

function keyOf({ classOid, oid }: StructureEntry): ObjectKey {
  return objectKey(classOid, oid)
}

/** Other entries say something of an object: a comment, an attachment, an owner. */
function isObject({ classOid }: StructureEntry): boolean {
  return classOid !== 0
}

function schemaOf(entry: StructureEntry): string | null {
  return entry.type === 'SCHEMA' ? entry.name : entry.schema
}

/** Tables and sequences are chosen one by one; views and foreign tables with their schema. */
function findLosses(selected: SelectedObjects, graph: ObjectGraph): Losses {
  const names = new Set([...selected.tables, ...selected.sequences].map(relationName))
  const schemas = new Set(selected.schemas)
  const isWanted = (relation: Relation) => names.has(relationName(relation))
  const isUnwanted = (relation: Relation) =>
    !isWanted(relation) && (['r', 'p', 'S'].includes(relation.kind) || !schemas.has(relation.schema))
  const keys = (relations: readonly Relation[]) => relations.map(({ key }) => key)
  return graph.spreadLoss(
    keys(graph.relations.filter(isUnwanted)),
    new Set(keys(graph.relations.filter(isWanted))),
  )
}

function relationName({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return quoteQualified(schema, name)
}

/** Casts and transforms belong to no schema: they go with the types that they are between. */
function addConversions(
  objects: readonly StructureEntry[],
  needed: ReadonlySet<ObjectKey>,
  graph: ObjectGraph,
): ReadonlySet<ObjectKey> {
  const conversions = objects.filter(({ type }) => type === 'CAST' || type === 'TRANSFORM').map(keyOf)
  const wanted = conversions.filter((key) => graph.dependenciesOf(key).every(({ on }) => needed.has(on)))
  return new Set([...needed, ...wanted])
}

/** What is said of the objects that are kept. */
function findFollowers(
  entries: readonly StructureEntry[],
  kept: ReadonlySet<StructureEntry>,
  isPartOfLost: (object: StructureEntry) => boolean,
): StructureEntry[] {
  const byId = new Map([...kept].map((entry) => [entry.id, entry]))
  const attachable = new Set([...kept].flatMap(attachmentNames))
  return entries.filter((entry) => {
    if (isObject(entry)) return false
    if (entry.type.endsWith(' ATTACH')) return attachable.has(`${entry.type} ${nameEntry(entry)}`)
    const of = entry.dependencies.map((id) => byId.get(id))
    if (of.length === 0) return false
    return of.every(
      (object) => object !== undefined && !(entry.type === 'SEQUENCE OWNED BY' && isPartOfLost(object)),
    )
  })
}

/** The entry by which a partition, or its index, would be attached to its parent. */
function attachmentNames({ type, schema, name }: StructureEntry): string[] {
  if (type === 'TABLE' || type === 'INDEX') return [`${type} ATTACH ${schema}.${name}`]
  if (type !== 'CONSTRAINT') return []
  // The name of the table comes first, and both may hold blanks.
  const words = name.split(' ')
  return words.map((_, position) => `INDEX ATTACH ${schema}.${words.slice(position).join(' ')}`)
}

function isLostItself(entry: StructureEntry, losses: Losses): boolean {
  return losses.get(keyOf(entry)) === keyOf(entry)
}

function isPartOfLost(entry: StructureEntry, graph: ObjectGraph, losses: Losses): boolean {
  return graph.dependenciesOf(keyOf(entry)).some(({ type, on }) => 'ai'.includes(type) && losses.has(on))
}

function explainLoss(entry: StructureEntry, losses: Losses, graph: ObjectGraph): string {
  const cause = losses.get(keyOf(entry))
  const relation = graph.relations.find(({ key }) => key === cause)
  const missing = relation === undefined ? 'something' : relationName(relation)
  return `${describeEntry(entry)} is left out: it depends on ${missing}, which is not selected.`
}
