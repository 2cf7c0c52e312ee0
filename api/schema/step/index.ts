import { steps, type StepState, stepStatuses } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'

export const StepName = builder.enumType('StepName', {
  description:
    'The steps of a migration, in their order; the first five while it is RUNNING, the rest COMPLETING.',
  values: steps,
})

const StepStatusEnum = builder.enumType('StepStatus', { values: stepStatuses })

export const StepRef = builder.objectRef<StepState>('Step').implement({
  fields: (t) => ({
    name: t.expose('step', { type: StepName }),
    status: t.expose('status', { type: StepStatusEnum }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
    detail: t.exposeString('detail', {
      nullable: true,
      description: 'A short sentence on where it is, or what it did.',
    }),
  }),
})
