import { GraphQLError } from 'graphql'
import { builder } from '../../builder.ts'

const pattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i

builder.scalarType('DateTime', {
  description: 'A moment as RFC 3339 has it, printed in UTC with milliseconds: `2026-11-20T16:24:00.000Z`.',
  serialize: (value) => value.toISOString(),
  parseValue: (value) => {
    const moment = typeof value === 'string' && pattern.test(value) ? new Date(value) : undefined
    if (moment !== undefined && !Number.isNaN(moment.getTime())) return moment
    throw new GraphQLError('A DateTime is a text such as 2026-11-20T16:24:00Z.')
  },
})
