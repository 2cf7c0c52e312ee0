import { GraphQLError } from 'graphql'
import { builder } from '../../builder.ts'

const maxCursorLength = 500

builder.scalarType('EventCursor', {
  description:
    'A place in the event log, to continue after it. Opaque, but for `"0"`: before the first event. The cursor of' +
    ' an event works in every field that takes one.',
  serialize: (value) => value,
  parseValue: (value) => {
    if (typeof value === 'string' && value !== '' && value.length <= maxCursorLength) return value
    throw new GraphQLError('An EventCursor is a text that an event or a feed gave.')
  },
})

builder.scalarType('JSON', {
  description: 'An object of texts, numbers, booleans, nulls and lists of texts.',
  serialize: (value) => value,
  parseValue: () => {
    throw new GraphQLError('JSON is for output only.')
  },
})
