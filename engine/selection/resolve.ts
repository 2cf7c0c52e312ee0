import type pg from 'pg'
import {
  type CatalogSequence,
  type CatalogTable,
  readPartitionParents,
  readSchemas,
  readSequences,
  readSequenceUses,
  readTables,
  type SequenceUse,
} from '../catalog/index.ts'
import { GodwitError } from '../errors.ts'
import { quoteQualified } from '../postgres/index.ts'
import { checkNamesDiffer } from './check-renames.ts'
import { makeMatcher, ruleKey } from './matcher.ts'
import { makeNameMap, type NameMap } from './names.ts'
import type {
  RenameRule,
  SelectedSequence,
  SelectedTable,
  Selection,
  SelectionRule,
  SequenceOwner,
} from './types.ts'
import { describeRule, validateSelection } from './validate.ts'

/** What a selection means on a source as it is now: the one truth for every step. */
export interface SelectedObjects {
  /** Everything of the database, without exception: also what belongs to no schema. */
  readonly whole: boolean
  /** Schemas that are selected whole (but for excluded tables), and those of selected tables and sequences. */
  readonly schemas: readonly string[]
  /** Tables that hold rows, and partitioned tables; partitions are there with their root. */
  readonly tables: readonly SelectedTable[]
  /** Of the selected schemas, and those that selected tables own or draw from; none of excluded tables only. */
  readonly sequences: readonly SelectedSequence[]
  /** Of what else is in the selected schemas. */
  readonly nameOnTarget: NameMap
  /** All that says how something is called on the target. */
  readonly renames: readonly RenameRule[]
}

interface SourceObjects {
  readonly schemas: ReadonlySet<string>
  readonly tables: readonly CatalogTable[]
  /** Of each table by the key of its rule: itself, or the partitioned table at the top. */
  readonly roots: ReadonlyMap<string, CatalogTable>
  readonly sequences: readonly CatalogSequence[]
  readonly uses: readonly SequenceUse[]
}

/**
 * Resolves a selection against the source.
 * @throws GodwitError BAD_INPUT naming a rule that matches nothing, or a partition instead of its root
 */
export async function resolveSelection(client: pg.Client, selection: Selection): Promise<SelectedObjects> {
  validateSelection(selection)
  const source = await readSource(client)
  for (const rule of selection.include) checkRule(rule, 'include', source)
  for (const rule of selection.exclude) checkRule(rule, 'exclude', source)

  const matches = makeMatcher(selection)
  const { renames = [] } = selection
  const nameOnTarget = makeNameMap(renames)
  const tables = source.tables
    .filter((table) => matches(toRule(source.roots.get(tableKey(table)) ?? table)))
    .map((table) => ({ ...table, target: nameOnTarget(table) }))
  const wholeSchemas = new Set([...source.schemas].filter((schema) => matches({ schema })))
  const sequences = nameSequences(selectSequences(source, tables, wholeSchemas), tables, source, nameOnTarget)
  const found = new Set([...wholeSchemas, ...[...tables, ...sequences].map(({ schema }) => schema)])
  const schemas = [...source.schemas].filter((schema) => found.has(schema))
  checkNamesDiffer(renames, { tables, sequences })
  return {
    whole: selection.include.length === 0 && selection.exclude.length === 0,
    schemas,
    tables,
    sequences,
    nameOnTarget,
    renames,
  }
}

async function readSource(client: pg.Client): Promise<SourceObjects> {
  const tables = await readTables(client)
  const byOid = new Map(tables.map((table) => [table.oid, table]))
  const parents = await readPartitionParents(client)
  const findRoot = (table: CatalogTable): CatalogTable => {
    const parent = byOid.get(parents.get(table.oid) ?? 0)
    return parent === undefined ? table : findRoot(parent)
  }
  return {
    schemas: new Set(await readSchemas(client)),
    tables,
    roots: new Map(tables.map((table) => [tableKey(table), findRoot(table)])),
    sequences: await readSequences(client),
    uses: await readSequenceUses(client),
  }
}

function toRule({ schema, name }: CatalogTable): SelectionRule {
  return { schema, table: name }
}

function tableKey(table: CatalogTable): string {
  return ruleKey(toRule(table))
}

function checkRule(rule: SelectionRule, list: 'include' | 'exclude', source: SourceObjects): void {
  const refuse = (why: string) =>
    new GodwitError('BAD_INPUT', `selection.${list}: ${describeRule(rule)} ${why}.`)
  if (!source.schemas.has(rule.schema)) throw refuse('matches nothing: the source has no such schema')
  if (rule.table === undefined) return
  const root = source.roots.get(ruleKey(rule))
  if (root === undefined) throw refuse('matches nothing: the source has no such table')
  if (tableKey(root) !== ruleKey(rule)) {
    throw refuse(`is a partition and goes where its root goes; name ${describeRule(toRule(root))} instead`)
  }
}

/**
 * A sequence goes with the tables that own it or draw from it; without any it goes with its schema. One whose
 * tables are all left out is of no use on the target.
 */
function selectSequences(
  source: SourceObjects,
  tables: readonly CatalogTable[],
  wholeSchemas: ReadonlySet<string>,
): CatalogSequence[] {
  const selectedOids = new Set(tables.map(({ oid }) => oid))
  const used = new Set<string>()
  const ownedElsewhere = new Set<string>()
  for (const { schema, name, tableOid, ownedBy } of source.uses) {
    if (selectedOids.has(tableOid)) used.add(quoteQualified(schema, name))
    else if (ownedBy !== null) ownedElsewhere.add(quoteQualified(schema, name))
  }
  return source.sequences.filter(({ schema, name }) => {
    const key = quoteQualified(schema, name)
    return used.has(key) || (wholeSchemas.has(schema) && !ownedElsewhere.has(key))
  })
}

/** A sequence that a table owns has to be in the schema of its table. */
function nameSequences(
  sequences: readonly CatalogSequence[],
  tables: readonly SelectedTable[],
  { uses }: SourceObjects,
  nameOnTarget: NameMap,
): SelectedSequence[] {
  const owners = findOwners(tables, uses)
  return sequences.map((sequence) => {
    const owner = owners.get(quoteQualified(sequence.schema, sequence.name)) ?? null
    const target = nameOnTarget(sequence)
    return { ...sequence, owner, target: owner === null ? target : { ...target, schema: owner.table.schema } }
  })
}

/** By the names of the sequences. */
function findOwners(
  tables: readonly SelectedTable[],
  uses: readonly SequenceUse[],
): ReadonlyMap<string, SequenceOwner> {
  const byOid = new Map(tables.map((table) => [table.oid, table]))
  const ofColumns = Map.groupBy(uses, ({ tableOid, ownedBy }) => `${tableOid} ${ownedBy}`)
  return new Map(
    [...ofColumns.values()].flatMap((ofColumn) =>
      ofColumn.flatMap(({ schema, name, tableOid, ownedBy }) => {
        const table = byOid.get(tableOid)
        if (table === undefined || ownedBy === null) return []
        const owner = { table: table.target, column: ownedBy, alone: ofColumn.length === 1 }
        return [[quoteQualified(schema, name), owner] as const]
      }),
    ),
  )
}
