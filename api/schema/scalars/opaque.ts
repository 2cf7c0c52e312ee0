import { GraphQLError } from 'graphql'
import type { JsonValue } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'

const maxCursorLength = 500
const maxJsonDepth = 50

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
  description: `Any JSON value, nested at most ${maxJsonDepth} deep.`,
  serialize: (value) => value,
  parseValue: (value) => {
    if (value != null && isJson(value, maxJsonDepth)) return value
    throw new GraphQLError(`JSON is nested at most ${maxJsonDepth} deep, and its numbers are finite.`)
  },
})

function isJson(value: unknown, depth: number): value is JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  return (
    typeof value === 'object' && depth > 0 && Object.values(value).every((each) => isJson(each, depth - 1))
  )
}
