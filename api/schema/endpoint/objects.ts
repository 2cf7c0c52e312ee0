import { type FoundObject, GodwitError } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'
import { toUserError } from '../errors/index.ts'
import { checkPageSize, defaultPageSize } from '../paging/index.ts'
import { EndpointRef } from './type.ts'

/** It opens a session on the server, so that few may be asked for at once. */
const searchCost = 5_000
const maxTextLength = 200

const EndpointObjectKind = builder.enumType('EndpointObjectKind', {
  values: ['SCHEMA', 'TABLE'] as const,
})

const EndpointObjectRef = builder.objectRef<FoundObject>('EndpointObject').implement({
  description: 'A schema or a table of the live database of an endpoint, as a rule of a selection names it.',
  fields: (t) => ({
    kind: t.expose('kind', { type: EndpointObjectKind }),
    schema: t.exposeString('schema'),
    table: t.exposeString('table', { nullable: true, description: 'Null of a schema.' }),
    sizeBytes: t.expose('sizeBytes', {
      type: 'BigInt',
      nullable: true,
      description:
        'By the statistics of the server, without indexes; null where they say nothing yet, such as before the first ANALYZE.',
    }),
  }),
})

const EndpointObjectsRef = builder
  .objectRef<{ readonly objects: readonly FoundObject[] }>('EndpointObjects')
  .implement({
    fields: (t) => ({ objects: t.field({ type: [EndpointObjectRef], resolve: ({ objects }) => objects }) }),
  })

builder.objectField(EndpointRef, 'objects', (t) =>
  t.field({
    type: EndpointObjectsRef,
    errors: { union: { name: 'EndpointObjectsResult' } },
    authScopes: { operate: true },
    complexity: ({ first }) => ({ field: searchCost, multiplier: first ?? defaultPageSize }),
    description:
      'Schemas and tables of the live database that have the text in their names, in upper or lower case: the very name' +
      ' first, then those that begin with it; schemas before tables. Without partitions. Answers, or fails, within 3 seconds.',
    args: {
      search: t.arg.string({ description: 'A part of a name, or of `schema.table`. Absent: everything.' }),
      first: t.arg.int({ description: 'From 1 to 100; 20 if absent.' }),
    },
    resolve: async ({ id }, { search, first }, { stores, searchObjects, clientGone }) => {
      try {
        const wanted = {
          text: readText(search ?? ''),
          limit: checkPageSize(first ?? defaultPageSize, 'first'),
        }
        return { objects: await searchObjects(await stores.endpoints.connection(id), wanted, clientGone) }
      } catch (error) {
        throw toUserError(error)
      }
    },
  }),
)

function readText(text: string): string {
  if (text.length <= maxTextLength && !text.includes('\0')) return text
  throw new GodwitError('BAD_INPUT', `search must have at most ${maxTextLength} characters, and no NUL.`, {
    field: 'search',
  })
}
