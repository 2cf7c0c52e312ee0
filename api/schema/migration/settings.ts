import type { Kind, Selection, SelectionRule } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'

export const KindRef = builder.objectRef<Kind>('MigrationKind').implement({
  description: 'What a migration moves.',
  fields: (t) => ({
    structure: t.exposeBoolean('structure', {
      description: 'Schemas, types, tables, indexes, constraints, functions, …',
    }),
    fullCopy: t.exposeBoolean('fullCopy', { description: 'The rows as of one snapshot.' }),
    incremental: t.exposeBoolean('incremental', { description: 'Every change after the snapshot.' }),
  }),
})

export const KindInput = builder.inputType('MigrationKindInput', {
  description: 'What to move: any combination but none.',
  fields: (t) => ({
    structure: t.boolean({ required: true, defaultValue: true }),
    fullCopy: t.boolean({ required: true, defaultValue: true }),
    incremental: t.boolean({ required: true, defaultValue: true }),
  }),
})

export const everything: Kind = { structure: true, fullCopy: true, incremental: true }

const SelectionRuleRef = builder.objectRef<SelectionRule>('SelectionRule').implement({
  description: 'A whole schema, or one table of it.',
  fields: (t) => ({
    schema: t.exposeString('schema'),
    table: t.string({ nullable: true, resolve: ({ table }) => table ?? null }),
  }),
})

export const SelectionRef = builder.objectRef<Selection>('Selection').implement({
  description: 'Which objects a migration moves. An empty include means the whole database.',
  fields: (t) => ({
    include: t.expose('include', { type: [SelectionRuleRef] }),
    exclude: t.expose('exclude', { type: [SelectionRuleRef] }),
  }),
})

const SelectionRuleInput = builder.inputType('SelectionRuleInput', {
  description: 'Names as the catalog has them, without quotes.',
  fields: (t) => ({
    schema: t.string({ required: true }),
    table: t.string({ description: 'Absent: every table of the schema.' }),
  }),
})

export const SelectionInput = builder.inputType('SelectionInput', {
  description: 'A table is selected when an include rule matches and no exclude rule does.',
  fields: (t) => ({
    include: t.field({ type: [SelectionRuleInput], description: 'Absent or empty: the whole database.' }),
    exclude: t.field({ type: [SelectionRuleInput] }),
  }),
})

interface GivenRule {
  readonly schema: string
  readonly table?: string | null | undefined
}

interface GivenSelection {
  readonly include?: readonly GivenRule[] | null | undefined
  readonly exclude?: readonly GivenRule[] | null | undefined
}

export function readSelection(given: GivenSelection | null | undefined): Selection {
  return { include: readRules(given?.include), exclude: readRules(given?.exclude) }
}

function readRules(rules: readonly GivenRule[] | null | undefined): readonly SelectionRule[] {
  return (rules ?? []).map(({ schema, table }) => ({ schema, ...(table != null && { table }) }))
}
