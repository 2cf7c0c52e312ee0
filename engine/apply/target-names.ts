import type { QualifiedName } from '../catalog/types.ts'
import { GodwitError } from '../errors.ts'
import { quoteQualified } from '../postgres/index.ts'
import { makeFreedom, makeNameMap, type NameMap, type RenameRule } from '../selection/index.ts'

/** What tables and types of the source are called on the target, also those that come while changes are applied. */
export class TargetNames {
  readonly #nameOnTarget: NameMap
  /** By the names that rules give to single tables: whose they are. */
  readonly #taken: ReadonlyMap<string, QualifiedName>
  readonly #isFree: (table: QualifiedName) => boolean

  constructor(renames: readonly RenameRule[]) {
    this.#nameOnTarget = makeNameMap(renames)
    const single = renames.flatMap(({ schema, table }) =>
      table === undefined ? [] : [{ schema, name: table }],
    )
    this.#taken = new Map(single.map((table) => [quote(this.#nameOnTarget(table)), table]))
    this.#isFree = makeFreedom(renames)
  }

  /** An error in the place of a name that another table has: this one got its own after the rules were checked. */
  ofTable(table: QualifiedName): QualifiedName | GodwitError {
    const target = this.#nameOnTarget(table)
    const owner = this.#taken.get(quote(target))
    if (owner !== undefined && quote(owner) !== quote(table)) {
      return taken(table, target, `which ${owner.schema}.${owner.name} is`)
    }
    return this.#isFree(table) ? target : taken(table, target, 'where the tables of another schema are')
  }

  /** The row type of a table goes with it. What an extension brings is not renamed, which no rule can tell. */
  ofType(type: QualifiedName): QualifiedName {
    return this.#nameOnTarget(type)
  }
}

function quote({ schema, name }: QualifiedName): string {
  return quoteQualified(schema, name)
}

function taken(table: QualifiedName, target: QualifiedName, whose: string): GodwitError {
  return new GodwitError(
    'SCHEMA_CHANGED',
    `Table ${table.schema}.${table.name} of the source would be ${target.schema}.${target.name} on the target, ` +
      `${whose}.`,
    {
      remedy: `Cancel the migration and create another one, which gives ${quote(table)} a name of its own.`,
    },
  )
}
