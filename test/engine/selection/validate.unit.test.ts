import { expect, test } from 'vitest'
import { validateSelection, wholeDatabase } from '../../../engine/selection/index.ts'

test.each([
  { name: 'the whole database', selection: wholeDatabase },
  {
    name: 'a schema without one of its tables',
    selection: { include: [{ schema: 'a' }], exclude: [{ schema: 'a', table: 'b' }] },
  },
  {
    name: 'a schema under another name, but for one of its tables',
    selection: {
      ...wholeDatabase,
      renames: [
        { schema: 'a', toSchema: 'b' },
        { schema: 'a', table: 'c', toSchema: 'a' },
      ],
    },
  },
  {
    name: 'a table in another schema under the longest name',
    selection: {
      ...wholeDatabase,
      renames: [{ schema: 'a', table: 'b', toSchema: 'c', toTable: `${'é'.repeat(31)}x` }],
    },
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

test.each([
  { name: 'nothing new', renames: [{ schema: 'a' }], message: 'schema "a" is given no other name' },
  {
    name: 'the name that it has',
    renames: [{ schema: 'a', toSchema: 'a' }],
    message: 'has this name already',
  },
  { name: 'a schema to a table', renames: [{ schema: 'a', toTable: 'b' }], message: 'cannot become a table' },
  { name: 'an empty name', renames: [{ schema: 'a', toSchema: '' }], message: 'schema is empty' },
  { name: 'a NUL', renames: [{ schema: 'a', table: 'b', toTable: 'c\0' }], message: 'table holds a NUL' },
  {
    name: 'a name that the server would cut off',
    renames: [{ schema: 'a', table: 'b', toTable: 'é'.repeat(32) }],
    message: 'is longer than the 63 bytes of a name',
  },
  {
    name: 'the schema of the server',
    renames: [{ schema: 'a', toSchema: 'pg_new' }],
    message: 'schema "pg_new" belongs to the server',
  },
  {
    name: 'the schema of Godwit',
    renames: [{ schema: 'a', table: 'b', toSchema: 'godwit' }],
    message: 'its own progress',
  },
  {
    name: 'one table of two',
    renames: [
      { schema: 'a', toSchema: 'b' },
      { schema: 'a', table: 'x', toTable: 'z' },
      { schema: 'c', table: 'y', toSchema: 'b', toTable: 'z' },
    ],
    message: 'renames[2]: table "c"."y" would have the same name as table "a"."x"',
  },
  {
    name: 'what it is called without',
    renames: [{ schema: 'a', table: 'x', toTable: 'x' }],
    message: 'renames[0]: table "a"."x" has this name without a rule',
  },
  {
    name: 'one schema of two',
    renames: [
      { schema: 'a', toSchema: 'c' },
      { schema: 'b', toSchema: 'c' },
    ],
    message: 'renames[1]: schema "a" and schema "b" cannot both be "c"',
  },
  {
    name: 'the same twice',
    renames: [
      { schema: 'a', toSchema: 'b' },
      { schema: 'a', toSchema: 'c' },
    ],
    message: 'renames[1]: schema "a" is named twice',
  },
])('a rename to $name is refused', ({ renames, message }) => {
  expect(() => validateSelection({ ...wholeDatabase, renames })).toThrowError(
    expect.objectContaining({ code: 'BAD_INPUT', message: expect.stringContaining(message) }),
  )
})

test.each([{ schema: 'a' }, { schema: 'a', table: 'b' }])(
  'a rename of what is excluded is refused',
  (excluded) => {
    const renames = [{ schema: 'a', table: 'b', toTable: 'c' }]
    expect(() => validateSelection({ include: [], exclude: [excluded], renames })).toThrowError(
      /renames\[0\]: table "a"."b" is excluded/,
    )
  },
)
