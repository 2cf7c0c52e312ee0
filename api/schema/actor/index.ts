import type { Actor } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'

const ActorKind = builder.enumType('ActorKind', {
  values: {
    TOKEN: { value: 'token', description: 'A caller of the API.' },
    WORKER: { value: 'worker', description: 'A worker that owned the migration.' },
    SYSTEM: { value: 'system', description: 'Godwit by itself.' },
  } as const,
})

export const ActorRef = builder.objectRef<Actor>('Actor').implement({
  description: 'Who did something.',
  fields: (t) => ({
    kind: t.expose('kind', { type: ActorKind }),
    name: t.exposeString('name'),
    onBehalfOf: t.string({
      nullable: true,
      description: 'The person for whom a token acted.',
      resolve: ({ onBehalfOf }) => onBehalfOf ?? null,
    }),
  }),
})
