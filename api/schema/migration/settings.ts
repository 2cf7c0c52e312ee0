import type { Kind, RenameRule, Selection, SelectionRule } from '../../../engine/index.ts'
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

const RenameRuleRef = builder.objectRef<RenameRule>('RenameRule').implement({
  description: 'Another name on the target, for a schema or for one table.',
  fields: (t) => ({
    schema: t.exposeString('schema'),
    table: t.string({
      nullable: true,
      description: 'Null: everything in the schema.',
      resolve: ({ table }) => table ?? null,
    }),
    toSchema: t.string({ nullable: true, resolve: ({ toSchema }) => toSchema ?? null }),
    toTable: t.string({ nullable: true, resolve: ({ toTable }) => toTable ?? null }),
  }),
})

export const SelectionRef = builder.objectRef<Selection>('Selection').implement({
  description: 'Which objects a migration moves. An empty include means the whole database.',
  fields: (t) => ({
    include: t.expose('include', { type: [SelectionRuleRef] }),
    exclude: t.expose('exclude', { type: [SelectionRuleRef] }),
    renames: t.field({
      type: [RenameRuleRef],
      description: 'Whatever none of them is about has the same name on both sides.',
      resolve: ({ renames }) => renames ?? [],
    }),
  }),
})

const SelectionRuleInput = builder.inputType('SelectionRuleInput', {
  description: 'Names as the catalog has them, without quotes.',
  fields: (t) => ({
    schema: t.string({ required: true }),
    table: t.string({ description: 'Absent: every table of the schema.' }),
  }),
})

const RenameRuleInput = builder.inputType('RenameRuleInput', {
  description:
    'Gives a schema, or one table, another name on the target. Names as the catalog has them, without quotes. The rule' +
    ' of a table counts before that of its schema, and is for this table only: a partition has rules of its own.',
  fields: (t) => ({
    schema: t.string({ required: true }),
    table: t.string({ description: 'Absent: everything in the schema, but for what extensions bring.' }),
    toSchema: t.string({ description: 'Absent: as the rule of the schema says, else as on the source.' }),
    toTable: t.string({ description: 'Absent: the table keeps its name. Never without `table`.' }),
  }),
})

export const SelectionInput = builder.inputType('SelectionInput', {
  description: 'A table is selected when an include rule matches and no exclude rule does.',
  fields: (t) => ({
    include: t.field({ type: [SelectionRuleInput], description: 'Absent or empty: the whole database.' }),
    exclude: t.field({ type: [SelectionRuleInput] }),
    renames: t.field({
      type: [RenameRuleInput],
      description: 'Absent or empty: everything has the same name on both sides.',
    }),
  }),
})

interface GivenRule {
  readonly schema: string
  readonly table?: string | null | undefined
}

interface GivenRename extends GivenRule {
  readonly toSchema?: string | null | undefined
  readonly toTable?: string | null | undefined
}

interface GivenSelection {
  readonly include?: readonly GivenRule[] | null | undefined
  readonly exclude?: readonly GivenRule[] | null | undefined
  readonly renames?: readonly GivenRename[] | null | undefined
}

export function readSelection(given: GivenSelection | null | undefined): Selection {
  const renames = (given?.renames ?? []).map(readRename)
  return {
    include: readRules(given?.include),
    exclude: readRules(given?.exclude),
    // An empty list is what an absent one is, also to those who compare requests.
    ...(renames.length > 0 && { renames }),
  }
}

function readRules(rules: readonly GivenRule[] | null | undefined): readonly SelectionRule[] {
  return (rules ?? []).map(readRule)
}

function readRule({ schema, table }: GivenRule): SelectionRule {
  return { schema, ...(table != null && { table }) }
}

function readRename({ toSchema, toTable, ...rule }: GivenRename): RenameRule {
  return {
    ...readRule(rule),
    ...(toSchema != null && { toSchema }),
    ...(toTable != null && { toTable }),
  }
}
