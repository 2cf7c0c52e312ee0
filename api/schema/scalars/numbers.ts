import { GraphQLError } from 'graphql'
import { formatLsn, type Lsn, parseLsn } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'
import { formatDuration, parseDuration } from './duration.ts'

builder.scalarType('BigInt', {
  description:
    'A whole number of up to 64 bits, as text, because JSON numbers lose digits: `"9007199254740993"`.',
  serialize: (value) => value.toString(),
  parseValue: (value) => {
    if (typeof value === 'string' && /^-?\d{1,19}$/.test(value)) return BigInt(value)
    if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
    throw new GraphQLError('A BigInt is a whole number, as text.')
  },
})

builder.scalarType('LSN', {
  description: 'A position in the write-ahead log, as PostgreSQL prints it: `16/B374D848`.',
  serialize: formatLsn,
  parseValue: (value) => readLsn(value),
})

function readLsn(value: unknown): Lsn {
  if (typeof value === 'string') {
    try {
      return parseLsn(value)
    } catch {
      // Said below, without quoting the value.
    }
  }
  throw new GraphQLError('An LSN is a text such as 16/B374D848.')
}

builder.scalarType('Duration', {
  description: 'A length of time as ISO 8601 has it, in seconds: `PT12.5S`.',
  serialize: formatDuration,
  parseValue: (value) => {
    const durationMs = typeof value === 'string' ? parseDuration(value) : undefined
    if (durationMs !== undefined) return durationMs
    throw new GraphQLError('A Duration is a text such as PT12.5S.')
  },
})
