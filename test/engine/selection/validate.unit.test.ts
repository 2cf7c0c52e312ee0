import { expect, test } from 'vitest'
import { validateSelection, wholeDatabase } from '../../../engine/selection/index.ts'

test.each([
  { name: 'the whole database', selection: wholeDatabase },
  {
    name: 'a schema without one of its tables',
    selection: { include: [{ schema: 'a' }], exclude: [{ schema: 'a', table: 'b' }] },
  },
])('$name passes', ({ selection }) => {
  expect(() => validateSelection(selection)).not.toThrow()
})

test.each([
  { name: 'an empty schema', include: [{ schema: '' }], message: 'the name of the schema is empty' },
  {
    name: 'an empty table',
    include: [{ schema: 'a', table: '' }],
    message: 'the name of the table is empty',
  },
  { name: 'a NUL', include: [{ schema: 'a\0b' }], message: 'NUL' },
  { name: 'the schema of the server', include: [{ schema: 'pg_catalog' }], message: 'belongs to the server' },
  { name: 'the schema of Godwit', include: [{ schema: 'godwit' }], message: 'its own progress' },
  {
    name: 'a repetition',
    include: [{ schema: 'a' }, { schema: 'a' }],
    message: 'include[1]: schema "a" is named twice',
  },
])('$name is refused', ({ include, message }) => {
  expect(() => validateSelection({ include, exclude: [] })).toThrowError(
    expect.objectContaining({ code: 'BAD_INPUT', message: expect.stringContaining(message) }),
  )
})

test('a rule that is included and excluded is refused', () => {
  const rule = { schema: 'a', table: 'b' }
  expect(() => validateSelection({ include: [rule], exclude: [{ ...rule }] })).toThrowError(
    /is excluded as well/,
  )
})
