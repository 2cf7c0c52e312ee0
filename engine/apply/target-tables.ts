import type pg from 'pg'
import type { QualifiedName } from '../catalog/types.ts'
import { GodwitError } from '../errors.ts'
import { quoteIdent, quoteQualified } from '../postgres/index.ts'
import type { Change, Relation, RelationColumn, SourceTypes } from '../replication/index.ts'
import { type CatalogFacts, formatType, hasType, readTargetFacts } from './target-catalog.ts'
import type { TargetNames } from './target-names.ts'
import { mapTable, type TargetTable } from './target-table.ts'

/** OIDs below this are the same on every server. */
const firstUserOid = 16_384

/** A table of the source, and what it is called on the target. */
interface Wanted {
  readonly relation: Relation
  readonly name: QualifiedName
}

/** The target's tables by what the source says of its own; read once, when changes of a table come first. */
export class TargetTables {
  readonly #types: SourceTypes
  readonly #names: TargetNames
  readonly #known = new Map<Relation, TargetTable | GodwitError>()

  constructor(types: SourceTypes, names: TargetNames) {
    this.#types = types
    this.#names = names
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
    const wanted: Wanted[] = []
    for (const relation of relations) {
      const name = this.#names.ofTable(relation)
      if (name instanceof GodwitError) this.#known.set(relation, name)
      else wanted.push({ relation, name })
    }
    const facts = await readTargetFacts(
      target,
      wanted.map(({ name }) => name),
    )
    for (const [index, one] of wanted.entries()) {
      this.#known.set(one.relation, await this.#map(target, one, facts[index]))
    }
  }

  /** @throws GodwitError SCHEMA_CHANGED when the target lacks the table or columns of it */
  of(relation: Relation): TargetTable {
    const known = this.#known.get(relation)
    if (known === undefined) throw new Error('the table was not learnt')
    if (known instanceof GodwitError) throw known
    return known
  }

  async #map(
    target: pg.Client,
    wanted: Wanted,
    facts: CatalogFacts | undefined,
  ): Promise<TargetTable | GodwitError> {
    if (facts === undefined) return tableMissing(wanted)
    const mapped = mapTable(wanted.relation, wanted.name, facts)
    return 'table' in mapped ? mapped.table : await this.#columnsMissing(target, wanted, mapped.missing)
  }

  async #columnsMissing(
    target: pg.Client,
    { relation, name: { schema, name } }: Wanted,
    missing: readonly string[],
  ): Promise<GodwitError> {
    const additions: string[] = []
    for (const column of relation.columns.filter((sent) => missing.includes(sent.name))) {
      additions.push(`ADD COLUMN ${quoteIdent(column.name)} ${await this.#typeOf(target, column)}`)
    }
    return new GodwitError(
      'SCHEMA_CHANGED',
      `Table ${schema}.${name} has no column ${missing.join(', ')} on the target.`,
      {
        remedy: `On the target: ALTER TABLE ${quoteQualified(schema, name)} ${additions.join(', ')}; then retry.`,
      },
    )
  }

  async #typeOf(target: pg.Client, { typeOid, typeModifier }: RelationColumn): Promise<string> {
    const type = this.#types.get(typeOid)
    if (type !== undefined) {
      const { schema, name } = await this.#findType(target, type)
      return quoteQualified(schema, name)
    }
    return typeOid < firstUserOid ? await formatType(target, typeOid, typeModifier) : '…'
  }

  /** Only where the target has it is there certainty that a type of an extension kept its name. */
  async #findType(target: pg.Client, type: QualifiedName): Promise<QualifiedName> {
    const renamed = this.#names.ofType(type)
    return !(await hasType(target, renamed)) && (await hasType(target, type)) ? type : renamed
  }
}

function tableMissing({ relation, name: { schema, name } }: Wanted): GodwitError {
  const onTarget = quoteQualified(schema, name)
  const onSource = quoteQualified(relation.schema, relation.name)
  return new GodwitError('SCHEMA_CHANGED', `The target has no table ${schema}.${name}.`, {
    remedy: `Create ${onTarget} on the target as ${onSource} is on the source, with its rows; then retry.`,
  })
}
