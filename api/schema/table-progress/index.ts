import type { QualifiedName, TableProgress } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'

export const TableStatusEnum = builder.enumType('TableStatus', {
  values: ['PENDING', 'COPYING', 'COPIED'] as const satisfies TableProgress['status'][],
})

const TableNameRef = builder.objectRef<QualifiedName>('TableName').implement({
  description: 'As the catalog has it, without quotes.',
  fields: (t) => ({
    schema: t.exposeString('schema'),
    table: t.exposeString('name'),
  }),
})

/** A table of a migration, which may have another name on the target. */
interface NamedTable extends TableProgress {
  readonly target: QualifiedName
}

export const TableProgressRef = builder.objectRef<NamedTable>('TableProgress').implement({
  description: 'The full copy of one table.',
  fields: (t) => ({
    schema: t.exposeString('schema'),
    table: t.exposeString('table'),
    nameOnTarget: t.expose('target', {
      type: TableNameRef,
      description: 'The same, unless `selection { renames }` say otherwise.',
    }),
    status: t.expose('status', { type: TableStatusEnum }),
    estimatedRows: t.field({
      type: 'BigInt',
      nullable: true,
      description: 'From the statistics of the source; null when unknown.',
      resolve: ({ estimatedRows }) => toBigInt(estimatedRows),
    }),
    sizeBytes: t.expose('sizeBytes', { type: 'BigInt', description: 'On the source, without indexes.' }),
    copiedRows: t.expose('copiedRows', { type: 'BigInt' }),
    copiedBytes: t.expose('copiedBytes', {
      type: 'BigInt',
      description: 'Of the COPY stream, which are not those of the files of the table.',
    }),
  }),
})

function toBigInt(estimate: number | null): bigint | null {
  return estimate === null ? null : BigInt(Math.round(estimate))
}

export const CopyProgressRef = builder.objectRef<readonly TableProgress[]>('CopyProgress').implement({
  description: 'The full copy of all tables together.',
  fields: (t) => ({
    tables: t.int({ resolve: (tables) => tables.length }),
    copiedTables: t.int({ resolve: (tables) => tables.filter(({ status }) => status === 'COPIED').length }),
    estimatedRows: t.field({
      type: 'BigInt',
      description: 'Of the tables whose statistics are known.',
      resolve: (tables) => sum(tables, ({ estimatedRows }) => toBigInt(estimatedRows) ?? 0n),
    }),
    sizeBytes: t.field({ type: 'BigInt', resolve: (tables) => sum(tables, ({ sizeBytes }) => sizeBytes) }),
    copiedRows: t.field({ type: 'BigInt', resolve: (tables) => sum(tables, ({ copiedRows }) => copiedRows) }),
    copiedBytes: t.field({
      type: 'BigInt',
      resolve: (tables) => sum(tables, ({ copiedBytes }) => copiedBytes),
    }),
  }),
})

function sum(tables: readonly TableProgress[], valueOf: (table: TableProgress) => bigint): bigint {
  return tables.reduce((total, table) => total + valueOf(table), 0n)
}
