import { expect, test } from 'vitest'
import type { CatalogColumn } from '../../../engine/index.ts'
import { chooseFormat } from '../../../engine/copy/columns.ts'

function column(typeName: string, typeSchema = 'pg_catalog'): CatalogColumn {
  return {
    name: 'c',
    attnum: 1,
    typeOid: 0,
    typeSchema,
    typeName,
    formattedType: typeName,
    notNull: false,
    generated: null,
    identity: null,
  }
}

const choose = (source: CatalogColumn, targetType: string) =>
  chooseFormat([source], { plain: true, referenced: false, typeOfColumn: new Map([['c', targetType]]) })

test.each(['int4', 'text', '_timestamptz', 'numeric'])('sends %s in binary', (type) => {
  expect(choose(column(type), `pg_catalog.${type}`)).toBe('binary')
})

test.each(['regclass', 'xml', 'int4range', 'oidvector'])('sends %s as text', (type) => {
  expect(choose(column(type), `pg_catalog.${type}`)).toBe('text')
})

test('sends a type of a user as text, whatever its name', () => {
  expect(choose(column('int4', 'public'), 'public.int4')).toBe('text')
})

test('sends text where the target has a type of the same length', () => {
  expect(choose(column('int8'), 'pg_catalog.timestamp')).toBe('text')
})

test('sends text where the target lacks the column, so that the server says so', () => {
  expect(chooseFormat([column('int4')], { plain: true, referenced: false, typeOfColumn: new Map() })).toBe(
    'text',
  )
})
