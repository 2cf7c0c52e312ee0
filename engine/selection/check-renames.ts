import type pg from 'pg'
import { catalogsOfNames } from '../catalog/names.ts'
import { readRows } from '../catalog/read-rows.ts'
import { GodwitError } from '../errors.ts'
import { quoteQualified } from '../postgres/index.ts'
import { ruleKey } from './matcher.ts'
import { makeFreedom } from './names.ts'
import type { RenameRule, SelectedSequence, SelectedTable } from './types.ts'
import { badRule, describeRule } from './validate.ts'

interface Selected {
  readonly tables: readonly SelectedTable[]
  readonly sequences: readonly SelectedSequence[]
}

interface SelectedNames extends Selected {
  readonly schemas: readonly string[]
  readonly renames: readonly RenameRule[]
}

/**
 * Checks that no table can get the rows of another one.
 * @throws GodwitError BAD_INPUT naming a rule that brings two schemas together, or two objects that would have one name
 */
export function checkNamesDiffer(renames: readonly RenameRule[], selected: Selected): void {
  if (renames.length === 0) return
  checkApart(renames, selected)
  checkDistinct(selected)
}

/**
 * Checks rules for names against what they are about on the source, for as long as they can be changed: what goes away
 * later, such as a partition, is no reason to stop.
 * @throws GodwitError BAD_INPUT naming a rule for what is not selected, or one for a table that cannot be told from
 *   something else
 */
export async function checkRenames(
  client: pg.Client,
  { renames, ...selected }: SelectedNames,
): Promise<void> {
  if (renames.length === 0) return
  checkSelected(renames, selected)
  await checkNotShared(client, renames)
}

function checkSelected(
  renames: readonly RenameRule[],
  { schemas, tables }: Omit<SelectedNames, 'renames'>,
): void {
  const rules = [
    ...schemas.map((schema) => ({ schema })),
    ...tables.map(({ schema, name }) => ({ schema, table: name })),
  ]
  const known = new Set(rules.map(ruleKey))
  for (const [position, rule] of renames.entries()) {
    if (known.has(ruleKey(rule))) continue
    const among = rule.table === undefined ? 'schemas' : 'tables'
    throw badRule(
      'renames',
      position,
      `${describeRule(rule)} is not among the selected ${among} of the source`,
    )
  }
}

/** Where schemas came together, a partition that is made later could have the name of another table there. */
function checkApart(renames: readonly RenameRule[], { tables }: Selected): void {
  const isFree = makeFreedom(renames)
  const table = tables.find((each) => !isFree(each))
  if (table === undefined) return
  const { schema, name } = table
  const position = renames.findIndex((rule) => rule.table === undefined && rule.toSchema === schema)
  throw badRule(
    'renames',
    position,
    `schema "${schema}" has selected tables of its own, such as ${describeRule({ schema, table: name })}: ` +
      'choose another name, or rename single tables',
  )
}

function checkDistinct({ tables, sequences }: Selected): void {
  const taken = new Map<string, string>()
  for (const { schema, name, target } of [...tables, ...sequences]) {
    const wanted = quoteQualified(target.schema, target.name)
    const here = quoteQualified(schema, name)
    const other = taken.get(wanted)
    if (other !== undefined) {
      throw new GodwitError(
        'BAD_INPUT',
        `selection.renames: ${other} and ${here} would both be ${wanted} on the target.`,
        { field: 'selection.renames', remedy: 'Give one of them another name.' },
      )
    }
    taken.set(wanted, here)
  }
}

/** Relations share their names with types only: a dump tells all else from a table by nothing but its name. */
const otherCatalogs = catalogsOfNames.filter(({ catalog }) => catalog !== 'pg_class' && catalog !== 'pg_type')

const sharedSql = `
  select w.position::int as position
    from unnest($1::text[], $2::text[]) with ordinality as w (schema, name, position)
    join pg_catalog.pg_namespace n on n.nspname = w.schema
   where ${otherCatalogs
     .map(
       ({ catalog, name, namespace }) =>
         `exists (select from pg_catalog.${catalog} o where o.${namespace} = n.oid and o.${name} = w.name)`,
     )
     .join('\n      or ')}
   order by w.position
   limit 1`

async function checkNotShared(client: pg.Client, renames: readonly RenameRule[]): Promise<void> {
  const ofTables = renames.filter(({ table }) => table !== undefined)
  const shared = await readRows<{ position: number }>(client, 'what has the names of tables', sharedSql, [
    ofTables.map(({ schema }) => schema),
    ofTables.map(({ table }) => table),
  ])
  const rule = ofTables[(shared[0]?.position ?? 0) - 1]
  if (rule === undefined) return
  throw badRule(
    'renames',
    renames.indexOf(rule),
    `${describeRule(rule)} has the name of a function, a collation or the like, which would be renamed with it; ` +
      'let it keep its name, or rename the other on the source',
  )
}
