import type pg from 'pg'
import { GodwitError } from '../errors.ts'
import { quoteIdent, quoteQualified } from '../postgres/index.ts'
import type { Change, Relation, RelationColumn, SourceTypes } from '../replication/index.ts'
import { formatType, readTargetFacts } from './target-catalog.ts'
import { mapTable, type TargetTable } from './target-table.ts'

/** OIDs below this are the same on every server. */
const firstUserOid = 16_384

/** The target's tables by what the source says of its own; read once, when changes of a table come first. */
export class TargetTables {
  readonly #types: SourceTypes
  readonly #known = new Map<Relation, TargetTable | GodwitError>()

  constructor(types: SourceTypes) {
    this.#types = types
  }

  /** The changed tables that have to be learnt. */
  unknownOf(changes: readonly Change[]): readonly Relation[] {
    const unknown = new Set<Relation>()
    let last: Relation | null = null
    for (const change of changes) {
      if (change.kind === 'truncate') {
        for (const relation of change.relations) if (!this.#known.has(relation)) unknown.add(relation)
      } else if (change.relation !== last) {
        last = change.relation
        if (!this.#known.has(last)) unknown.add(last)
      }
    }
    return [...unknown]
  }

  /** Reads what the target has of tables. */
  async learn(target: pg.Client, relations: readonly Relation[]): Promise<void> {
    const facts = await readTargetFacts(target, relations)
    for (const [index, relation] of relations.entries()) {
      const found = facts[index]
      const mapped = found === undefined ? null : mapTable(relation, found)
      if (mapped === null) this.#known.set(relation, tableMissing(relation))
      else if ('table' in mapped) this.#known.set(relation, mapped.table)
      else this.#known.set(relation, await this.#columnsMissing(target, relation, mapped.missing))
    }
  }

  /** @throws GodwitError SCHEMA_CHANGED when the target lacks the table or columns of it */
  of(relation: Relation): TargetTable {
    const known = this.#known.get(relation)
    if (known === undefined) throw new Error('the table was not learnt')
    if (known instanceof GodwitError) throw known
    return known
  }

  async #columnsMissing(
    target: pg.Client,
    relation: Relation,
    names: readonly string[],
  ): Promise<GodwitError> {
    const additions: string[] = []
    for (const column of relation.columns.filter(({ name }) => names.includes(name))) {
      additions.push(`ADD COLUMN ${quoteIdent(column.name)} ${await this.#typeOf(target, column)}`)
    }
    const title = `${relation.schema}.${relation.name}`
    const table = quoteQualified(relation.schema, relation.name)
    return new GodwitError(
      'SCHEMA_CHANGED',
      `Table ${title} has no column ${names.join(', ')} on the target.`,
      {
        remedy: `On the target: ALTER TABLE ${table} ${additions.join(', ')}; then retry.`,
      },
    )
  }

  async #typeOf(target: pg.Client, { typeOid, typeModifier }: RelationColumn): Promise<string> {
    const type = this.#types.get(typeOid)
    if (type !== undefined) return quoteQualified(type.schema, type.name)
    return typeOid < firstUserOid ? await formatType(target, typeOid, typeModifier) : '…'
  }
}

function tableMissing({ schema, name }: Relation): GodwitError {
  return new GodwitError('SCHEMA_CHANGED', `The target has no table ${schema}.${name}.`, {
    remedy: `Create ${quoteQualified(schema, name)} on the target as it is on the source, with its rows; then retry.`,
  })
}
