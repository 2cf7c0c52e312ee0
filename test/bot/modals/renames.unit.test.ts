import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ApiError } from '../../../bot/client/index.ts'
import { aboutLine, readRenames } from '../../../bot/modals/renames.ts'

function read(text: string) {
  const values = { renames: { value: { value: text } } }
  return readRenames({ id: 'V', hash: '', callbackId: '', privateMetadata: '', values })
}

const crm = { schema: 'public', toSchema: 'crm' }
const sales = { schema: 'public', table: 'orders', toSchema: 'crm', toTable: 'sales' }

test.each([
  ['public -> crm', crm],
  ['public.orders -> sales', { schema: 'public', table: 'orders', toTable: 'sales' }],
  ['public.orders -> crm.sales', sales],
  ['  public . orders->crm . sales  ', sales],
  ['public.orders → crm.sales', sales],
  ['public.orders => crm.sales', sales],
  ['public.orders ⇒ crm.sales', sales],
  ['public.orders --> crm.sales', sales],
  ['public.orders —> crm.sales', sales],
  ['Public.ORDERS -> Crm.Sales', sales],
  ['"Public" -> "crm"', { schema: 'Public', toSchema: 'crm' }],
  [
    'public."Order Items" -> "a.b"."c -> d"',
    { schema: 'public', table: 'Order Items', toSchema: 'a.b', toTable: 'c -> d' },
  ],
  ['public."say ""hi""" -> """"', { schema: 'public', table: 'say "hi"', toTable: '"' }],
  ['public.“Order Items” -> “New”', { schema: 'public', table: 'Order Items', toTable: 'New' }],
  ['public.„Order Items“ -> ”New”', { schema: 'public', table: 'Order Items', toTable: 'New' }],
  ['public.“say “”hi””” -> b', { schema: 'public', table: 'say "hi"', toTable: 'b' }],
  ['public."a “b” c" -> d', { schema: 'public', table: 'a “b” c', toTable: 'd' }],
  ['público.ñandú -> größe', { schema: 'público', table: 'ñandú', toTable: 'größe' }],
  ['_a.b$1 -> c_2', { schema: '_a', table: 'b$1', toTable: 'c_2' }],
])('%s is understood', (text, rename) => {
  expect(read(text)).toEqual([{ line: 1, rename }])
})

test('a rule a line, however lines end; blank ones are passed over and counted', () => {
  expect(read('\npublic -> crm\r\n \t\r\npublic.orders -> crm.sales\n\n')).toEqual([
    { line: 2, rename: crm },
    { line: 4, rename: sales },
  ])
  expect(read('')).toEqual([])
})

test.each([
  ['public crm', 'there is no -> between'],
  ['public = crm', 'there is no -> between'],
  ['"public -> crm"', 'there is no -> between'],
  ['public -> crm, shop -> web', 'more than one ->'],
  ['-> crm', 'before the -> there is no name'],
  ['public ->', 'after the -> there is no name'],
  ['public.orders -> .', 'after the -> there is no name'],
  ['public. -> crm', 'before the -> there is more than a schema, a dot and a table'],
  ['shop.public.orders -> crm.sales', 'before the -> there is more than a schema, a dot and a table'],
  ['public.orders -> a.b.c', 'after the -> there is more than a schema, a dot and a table'],
  ['public.order items -> sales', 'before the -> there are two names without a dot'],
  ['public -> my crm', 'after the -> there are two names without a dot'],
  ['public -> crm.sales', '“public” is a schema, and would become a table'],
  ['public."orders -> sales', 'the quotes do not end at “"orders -> sales”'],
  ['public.“orders -> sales', 'the quotes do not end at'],
  ['public."" -> sales', 'a name is empty'],
  ['my-schema -> crm', '“my-schema” needs double quotes'],
  ["'public' -> crm", "“'public'” needs double quotes"],
  ['`public` -> crm', '“`public`” needs double quotes'],
  ['public.2024 -> sales', '“2024” needs double quotes'],
  ['public -> crm;', '“crm;” needs double quotes'],
  ['public.a\u202Eb -> c', 'needs double quotes'],
])('%s is refused, and why is said of its line', (text, why) => {
  const answer = read(`public -> crm\n\n${text}`)
  expect(answer).toEqual({ errors: { renames: expect.stringMatching(/^Line 3: .*\. Write it like p.*->/) } })
  expect(answer).toEqual({ errors: { renames: expect.stringContaining(why) } })
})

test('every name can be written in double quotes, as in SQL', () => {
  const name = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((text) => !/[\n\r\u2028\u2029]/u.test(text))
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`
  fc.assert(
    fc.property(name, name, name, name, (schema, table, toSchema, toTable) => {
      const typed = `${quote(schema)}.${quote(table)} -> ${quote(toSchema)}.${quote(toTable)}`
      expect(read(typed)).toEqual([{ line: 1, rename: { schema, table, toSchema, toTable } }])
    }),
  )
})

test('whatever is typed is read or refused', () => {
  const piece = fc.constantFrom('"', '“', '”', '.', '->', '→', ' ', 'a', 'A', '-', '>', '\n', '<', '&')
  const line = fc.oneof(
    fc.array(piece, { maxLength: 3000 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary', maxLength: 3000 }),
  )
  fc.assert(
    fc.property(line, (text) => {
      const answer = read(text)
      const filled = text.split(/\r\n|[\n\r\u2028\u2029]/u).filter((each) => each.trim() !== '')
      const isAnswered =
        'errors' in answer
          ? /^Line \d+: /.test(answer.errors['renames'] ?? '')
          : answer.length === filled.length
      expect(isAnswered).toBe(true)
    }),
  )
})

test('what the API says of a rule is said of its line', () => {
  const typed = [
    { line: 1, rename: crm },
    { line: 4, rename: sales },
  ]
  const about = (field: string | null, message: string) =>
    aboutLine(new ApiError({ code: 'BAD_INPUT', message, remedy: 'Mend it.', field }), typed)
  expect(about('selection.renames[1]', 'selection.renames[1]: it is named twice.')).toMatchObject({
    message: 'Line 4: it is named twice.',
    field: 'selection.renames[1]',
    remedy: 'Mend it.',
  })
  expect(about('selection.renames[7]', 'selection.renames[7]: x').message).toBe('selection.renames[7]: x')
  expect(about('selection.include[1]', 'selection.include[1]: x').message).toBe('selection.include[1]: x')
  expect(about(null, 'It is wrong.').message).toBe('It is wrong.')
})
