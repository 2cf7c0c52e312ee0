import type { MigrationFilter, Status } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'
import { readId } from '../ids/index.ts'
import { StatusEnum } from './type.ts'

export const MigrationFilterInput = builder.inputType('MigrationFilter', {
  description: 'All that is given must hold.',
  fields: (t) => ({
    statuses: t.field({ type: [StatusEnum], description: 'One of these. Absent: all.' }),
    tags: t.stringList({ description: 'All of these.' }),
    endpointId: t.id({ description: 'Global id or UUID of an endpoint, as source or as target.' }),
    text: t.string({
      description: 'Somewhere in the name, the short id or the name of an endpoint, in upper or lower case.',
    }),
    createdAfter: t.field({ type: 'DateTime' }),
    createdBefore: t.field({ type: 'DateTime' }),
  }),
})

interface GivenFilter {
  readonly statuses?: readonly Status[] | null | undefined
  readonly tags?: readonly string[] | null | undefined
  readonly endpointId?: string | null | undefined
  readonly text?: string | null | undefined
  readonly createdAfter?: Date | null | undefined
  readonly createdBefore?: Date | null | undefined
}

/** @throws GodwitError BAD_INPUT */
export function readFilter(given: GivenFilter | null | undefined): MigrationFilter {
  const { statuses, tags, endpointId, text, createdAfter, createdBefore } = given ?? {}
  return {
    ...(statuses != null && { statuses }),
    ...(tags != null && { tags }),
    ...(endpointId != null && { endpointId: readId('Endpoint', endpointId, 'filter.endpointId') }),
    ...(text != null && { text }),
    ...(createdAfter != null && { createdAfter }),
    ...(createdBefore != null && { createdBefore }),
  }
}
