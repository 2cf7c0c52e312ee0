import type { CatalogSequence, CatalogTable, QualifiedName } from '../catalog/types.ts'

/** A whole schema, or one table of it. Names as pg_catalog has them, without quotes. */
export interface SelectionRule {
  readonly schema: string
  /** Absent: every table of the schema. */
  readonly table?: string
}

/**
 * Gives a schema, or one table, another name on the target. Names as pg_catalog has them, without quotes. The rule
 * of a table counts before that of its schema, and is for this table only: a partition has rules of its own.
 */
export interface RenameRule {
  readonly schema: string
  /** Absent: everything in the schema, but for what extensions bring. */
  readonly table?: string
  /** Absent: as the rule of the schema says, else the schema keeps its name. */
  readonly toSchema?: string
  /** Absent: the table keeps its name. Never without `table`. */
  readonly toTable?: string
}

/**
 * Which objects a migration moves. An empty `include` means the whole database. A table is selected when an
 * include rule matches and no exclude rule does; a partition follows its root table.
 */
export interface Selection {
  readonly include: readonly SelectionRule[]
  readonly exclude: readonly SelectionRule[]
  /** Absent: everything has the same name on both sides. */
  readonly renames?: readonly RenameRule[]
}

/** A table of the source that goes to the target. */
export interface SelectedTable extends CatalogTable {
  readonly target: QualifiedName
}

/** A sequence of the source that goes to the target. */
export interface SelectedSequence extends CatalogSequence {
  readonly target: QualifiedName
  /** Null: no column of a selected table owns it. */
  readonly owner: SequenceOwner | null
}

/** A column that owns a sequence: OWNED BY, or identity. */
export interface SequenceOwner {
  /** What it is called on the target. */
  readonly table: QualifiedName
  readonly column: string
  /** Whether the column owns no other. */
  readonly alone: boolean
}

export const wholeDatabase: Selection = { include: [], exclude: [] }
