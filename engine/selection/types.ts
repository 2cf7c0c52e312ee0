/** A whole schema, or one table of it. Names as pg_catalog has them, without quotes. */
export interface SelectionRule {
  readonly schema: string
  /** Absent: every table of the schema. */
  readonly table?: string
}

/**
 * Which objects a migration moves. An empty `include` means the whole database. A table is selected when an
 * include rule matches and no exclude rule does; a partition follows its root table.
 */
export interface Selection {
  readonly include: readonly SelectionRule[]
  readonly exclude: readonly SelectionRule[]
}

export const wholeDatabase: Selection = { include: [], exclude: [] }
