import {
  actions,
  availableActions,
  findDeleteObstacle,
  situationOf,
  type ControlStores,
  type Migration,
  type Problem,
  statuses,
} from '../../../engine/index.ts'
import { builder, readCost } from '../../builder.ts'
import { blockersOfPlan } from '../cutover/blockers.ts'
import { EndpointRef } from '../endpoint/index.ts'
import { ErrorCodeEnum } from '../errors/index.ts'
import { findQueueEntry } from '../queue/entry.ts'
import { BlockerRef, blockersOf } from './blockers.ts'
import { CompletionReportRef } from './completion-report.ts'
import { MigrationRef } from './ref.ts'
import { KindRef, SelectionRef } from './settings.ts'
import { readSteps } from './steps.ts'

export const StatusEnum = builder.enumType('MigrationStatus', { values: statuses })

export const ActionEnum = builder.enumType('MigrationAction', {
  description: 'What a person may ask of a migration; there is a mutation for each.',
  values: actions,
})

const ProblemRef = builder.objectRef<Problem>('Problem').implement({
  description: 'The last failure, kept while it matters.',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCodeEnum }),
    message: t.exposeString('message'),
    remedy: t.exposeString('remedy'),
    at: t.expose('at', { type: 'DateTime' }),
  }),
})

builder.node(MigrationRef, {
  description: 'A database on its way from one server to another.',
  id: { resolve: ({ id }) => id },
  loadWithoutCache: (id, { stores }) => stores.migrations.find(id),
  fields: (t) => ({
    shortId: t.exposeString('shortId', {
      description: 'For people, such as `m-7f3k`; every input that takes the id of a migration takes it.',
    }),
    name: t.exposeString('name'),
    tags: t.exposeStringList('tags'),
    source: t.field({
      type: EndpointRef,
      nullable: true,
      description: 'Null when it was deleted after the migration ended.',
      resolve: ({ sourceId }) => sourceId,
    }),
    target: t.field({
      type: EndpointRef,
      nullable: true,
      description: 'Null when it was deleted after the migration ended.',
      resolve: ({ targetId }) => targetId,
    }),
    selection: t.expose('selection', { type: SelectionRef }),
    kind: t.expose('kind', { type: KindRef }),
    status: t.expose('status', { type: StatusEnum }),
    worker: t.string({
      nullable: true,
      complexity: readCost,
      description: 'The worker that has it now, by its name; null when none has.',
      resolve: ({ id }, _args, { stores }) => stores.migrations.worker(id),
    }),
    version: t.exposeInt('version', { description: 'Grows with every change; give it as expectedVersion.' }),
    availableActions: t.field({
      type: [ActionEnum],
      complexity: readCost,
      resolve: async (migration, _args, { stores }) => availableActionsOf(migration, stores),
    }),
    deletable: t.boolean({
      description: 'Nothing of it can be left on a server, so that deleteMigration takes it.',
      resolve: ({ status }) => findDeleteObstacle(status) === null,
    }),
    blockers: t.field({
      type: [BlockerRef],
      complexity: { field: readCost, multiplier: 5 },
      description: 'What keeps it from moving on; empty when nothing does.',
      resolve: async (migration, _args, context) => {
        const { id, status } = migration
        const { stores } = context
        return blockersOf(migration, {
          report: status === 'VERIFY_FAILED' ? await stores.migrations.verifyReport(id) : null,
          entry: await findQueueEntry(migration, context),
          ofPlan: await readPlanBlockers(migration, stores),
        })
      },
    }),
    problem: t.expose('problem', { type: ProblemRef, nullable: true }),
    nextAttemptAt: t.expose('nextAttemptAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Set while an automatic repetition is waiting.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
    report: t.expose('report', {
      type: CompletionReportRef,
      nullable: true,
      description: 'Of a completed migration.',
    }),
  }),
})

async function readPlanBlockers({ id, status }: Migration, stores: ControlStores) {
  const plan = status === 'RUNNING' ? await stores.cutovers.find(id) : null
  return plan === null ? [] : await blockersOfPlan(plan, stores)
}

/** The actions that are possible now, by the transition table. */
export async function availableActionsOf(migration: Migration, stores: ControlStores) {
  return availableActions(situationOf(migration.status, await readSteps(migration, stores)))
}
