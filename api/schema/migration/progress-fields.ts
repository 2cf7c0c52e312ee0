import { GodwitError, makeNameMap, steps } from '../../../engine/index.ts'
import { builder, readCost } from '../../builder.ts'
import { EventConnection, readEvents } from '../event/index.ts'
import { LagSampleRef } from '../lag/index.ts'
import { defaultPageSize, pageInMemory, readPageRequest, toConnection } from '../paging/index.ts'
import { StepRef } from '../step/index.ts'
import { CopyProgressRef, TableProgressRef, TableStatusEnum } from '../table-progress/index.ts'
import { VerifyReportRef } from '../verify/index.ts'
import { MigrationRef } from './ref.ts'
import { readSteps } from './steps.ts'

const maxLagSamples = 1000
const defaultLagSamples = 120

const TableFilter = builder.inputType('TableFilter', {
  fields: (t) => ({ status: t.field({ type: TableStatusEnum }) }),
})

builder.objectFields(MigrationRef, (t) => ({
  steps: t.field({
    type: [StepRef],
    complexity: { field: readCost, multiplier: steps.length },
    resolve: (migration, _args, { stores }) => readSteps(migration, stores),
  }),
  progress: t.field({
    type: CopyProgressRef,
    complexity: readCost,
    description: 'The full copy of all tables together.',
    resolve: ({ id }, _args, { stores }) => stores.migrations.tables(id),
  }),
  tables: t.connection(
    {
      type: TableProgressRef,
      description: 'The full copy of each table, by schema and name.',
      args: { filter: t.arg({ type: TableFilter }) },
      resolve: async ({ id, selection }, { filter, ...paging }, { stores }) => {
        const request = readPageRequest(paging)
        const nameOnTarget = makeNameMap(selection.renames)
        const found = await stores.migrations.tables(
          id,
          filter?.status == null ? {} : { status: filter.status },
        )
        const tables = found.map((each) => ({
          ...each,
          target: nameOnTarget({ schema: each.schema, name: each.table }),
        }))
        // No name holds a NUL character, so the pair orders as its parts do.
        return toConnection(pageInMemory(tables, ({ schema, table }) => `${schema}\0${table}`, request))
      },
    },
    { name: 'TableProgressConnection' },
    { name: 'TableProgressEdge' },
  ),
  lag: t.field({
    type: LagSampleRef,
    nullable: true,
    complexity: readCost,
    description: 'The latest sample; null before incremental sync has begun.',
    resolve: async ({ id }, _args, { stores }) => (await stores.migrations.lagSamples(id, 1)).at(-1) ?? null,
  }),
  lagHistory: t.field({
    type: [LagSampleRef],
    complexity: ({ limit }) => ({ field: readCost, multiplier: limit }),
    description: 'The latest samples, newest last.',
    args: {
      limit: t.arg.int({
        required: true,
        defaultValue: defaultLagSamples,
        description: `At most ${maxLagSamples}.`,
      }),
    },
    resolve: ({ id }, { limit }, { stores }) => stores.migrations.lagSamples(id, checkLimit(limit)),
  }),
  events: t.field({
    type: EventConnection,
    complexity: ({ first }) => ({ field: readCost, multiplier: first }),
    description: 'What happened to it, oldest first.',
    args: {
      after: t.arg({ type: 'EventCursor' }),
      first: t.arg.int({ required: true, defaultValue: defaultPageSize }),
    },
    resolve: ({ id }, { after, first }, { stores }) =>
      readEvents(stores.events, id, { after: after ?? null, first }),
  }),
  verifyReport: t.field({
    type: VerifyReportRef,
    nullable: true,
    complexity: readCost,
    description: 'Of the last verify; null before the first.',
    resolve: ({ id }, _args, { stores }) => stores.migrations.verifyReport(id),
  }),
}))

function checkLimit(limit: number): number {
  if (limit >= 1 && limit <= maxLagSamples) return limit
  throw new GodwitError('BAD_INPUT', `limit is ${limit}; it must be between 1 and ${maxLagSamples}.`, {
    field: 'limit',
  })
}
