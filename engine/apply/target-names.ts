import type { QualifiedName } from '../catalog/types.ts'
import { GodwitError } from '../errors.ts'
import { quoteQualified } from '../postgres/index.ts'
import { makeNameMap, type NameMap, type RenameRule } from '../selection/index.ts'

/** What tables and types of the source are called on the target, also those that come while changes are applied. */
export class TargetNames {
  readonly #nameOnTarget: NameMap
  /** By the names that rules give to single tables: whose they are. */
  readonly #taken: ReadonlyMap<string, QualifiedName>

  constructor(renames: readonly RenameRule[]) {
    this.#nameOnTarget = makeNameMap(renames)
    const single = renames.flatMap(({ schema, table }) =>
      table === undefined ? [] : [{ schema, name: table }],
    )
    this.#taken = new Map(single.map((table) => [quote(this.#nameOnTarget(table)), table]))
  }

  /** An error in the place of a name that another table has: this one got its own after the rules were checked. */
  ofTable(table: QualifiedName): QualifiedName | GodwitError {
    const target = this.#nameOnTarget(table)
    const owner = this.#taken.get(quote(target))
    return owner === undefined || quote(owner) === quote(table) ? target : taken(table, target, owner)
  }

  /** The row type of a table goes with it. What an extension brings is not renamed, which no rule can tell. */
  ofType(type: QualifiedName): QualifiedName {
    return this.#nameOnTarget(type)
  }
}

function quote({ schema, name }: QualifiedName): string {
  return quoteQualified(schema, name)
}

function taken(table: QualifiedName, target: QualifiedName, owner: QualifiedName): GodwitError {
  return new GodwitError(
    'SCHEMA_CHANGED',
    `Table ${table.schema}.${table.name} of the source would be ${target.schema}.${target.name} on the target, ` +
      `which ${owner.schema}.${owner.name} is.`,
    {
      remedy: `Cancel the migration and create another one, which gives ${quote(table)} a name of its own.`,
    },
  )
}
