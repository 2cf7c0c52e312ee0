import type { CatalogColumn } from '../../catalog/index.ts'
import {
  findTargetSequences,
  type NameMap,
  type SelectedSequence,
  type SelectedTable,
} from '../../selection/index.ts'
import { failed, movesRows, passed, warning, type Check, type TransferContext } from '../check.ts'
import { count, listNames, listObjects } from '../listing.ts'
import { readTargetColumns, type TargetColumn, type TargetColumns } from '../target-objects.ts'

/** Without the structure, rows need a place that is there already. */
export const targetTables: Check<TransferContext> = {
  name: 'target-tables',
  title: 'Tables, columns and sequences on the target',
  concerns: (kind) => movesRows(kind) && !kind.structure,
  async run({ target, selected }) {
    const columnsOf = await readTargetColumns(target.session, selected.tables)
    const missing = selected.tables.filter((table) => !columnsOf.has(table.oid))
    if (missing.length > 0) {
      return failed(
        `${count(missing.length, 'table')} missing on the target: ${listObjects(missing.map((table) => table.target))}.`,
        {
          remedy: 'Create them, or let the migration move the structure too.',
        },
      )
    }
    const problems = selected.tables.flatMap((table) => findMissingColumns(table, columnsOf.get(table.oid)))
    if (problems.length > 0) {
      return failed(`Columns that rows cannot be written to on the target: ${listNames(problems)}.`, {
        remedy: 'Make the tables of the target like those of the source.',
      })
    }
    const sequences = await findTargetSequences(target.session, selected.sequences)
    const missingSequences = selected.sequences.filter((_, position) => sequences[position] === null)
    if (missingSequences.length > 0) {
      return failed(
        `${count(missingSequences.length, 'sequence')} missing on the target: ${listNames(missingSequences.map(describe))}.`,
        {
          remedy:
            'Create them, owned by the columns that own them on the source, or let the migration move the structure too.',
        },
      )
    }
    const differences = selected.tables.flatMap((table) =>
      findOtherTypes(table, columnsOf.get(table.oid), selected.nameOnTarget),
    )
    if (differences.length === 0)
      return passed(`${count(selected.tables.length, 'table')}, with all columns.`)
    return warning(`Columns of another type on the target: ${listNames(differences)}.`, {
      remedy: 'Accept this if the values of the source are valid there; else change the types.',
    })
  },
}

function describe({ target, owner }: SelectedSequence): string {
  const name = `${target.schema}.${target.name}`
  return owner === null
    ? name
    : `${name} (or another that ${owner.table.schema}.${owner.table.name}.${owner.column} owns)`
}

function findMissingColumns({ target, columns }: SelectedTable, found: TargetColumns | undefined): string[] {
  return columns
    .filter((column) => column.generated === null)
    .filter((column) => found?.get(column.name)?.generated ?? true)
    .map((column) => `${target.schema}.${target.name}.${column.name}`)
}

function findOtherTypes(
  { target, columns }: SelectedTable,
  found: TargetColumns | undefined,
  nameOnTarget: NameMap,
): string[] {
  return columns.flatMap((column) => {
    const there = found?.get(column.name)
    if (there === undefined || isSameType(column, there, nameOnTarget)) return []
    return [
      `${target.schema}.${target.name}.${column.name} (${column.formattedType}, on the target ${there.type})`,
    ]
  })
}

/** What an extension brings has the same name on both sides, also where its schema has another. */
function isSameType(column: CatalogColumn, there: TargetColumn, nameOnTarget: NameMap): boolean {
  if (there.type === column.formattedType) return true
  const expected = nameOnTarget({ schema: column.typeSchema, name: column.typeName })
  const isRenamed = expected.schema !== column.typeSchema || expected.name !== column.typeName
  return isRenamed && expected.schema === there.typeSchema && expected.name === there.typeName
}
