import { expect, test } from 'vitest'
import { compareDatabases, differencesOf } from '../../support/compare-databases.ts'
import { settingsOf } from '../../support/connection.ts'
import { createDatabase } from '../../support/servers.ts'

const ddl = `create table t (id int, note text, code char(4)); create table "Other.One" (id int)`
const fill = `insert into t select i, 'row ' || i, 'ab' from generate_series(1, 5000) i; insert into "Other.One" values (1), (1)`

async function compareAfter(changeOfTarget: string): Promise<string[]> {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  for (const database of [source, target]) {
    await database.query(ddl)
    await database.query(fill)
  }
  await target.query(changeOfTarget)
  return differencesOf(await compareDatabases(settingsOf(source), settingsOf(target)))
}

test('finds no difference between databases with the same rows in another order', async () => {
  const reorder = `create table u as select * from t order by id desc; truncate t; insert into t select * from u; drop table u`
  expect(await compareAfter(reorder)).toEqual([])
})

test('finds no difference between databases whose columns are in another order', async () => {
  expect(
    await compareAfter('alter table t drop note, add note text; update t set note = $$row $$ || id'),
  ).toEqual([])
})

test.each([
  [
    'a changed value',
    `update t set note = 'x' where id = 77`,
    ['t: only on the source: ("ab  ",77,"row 77")', 't: only on the target: ("ab  ",77,x)'],
  ],
  [
    'an empty string in place of NULL',
    `update t set note = '' where id = 1`,
    ['t: only on the source: ("ab  ",1,"row 1")', 't: only on the target: ("ab  ",1,"")'],
  ],
  ['a missing row', 'delete from t where id = 5000', ['t: only on the source: ("ab  ",5000,"row 5000")']],
  ['a doubled row', 'insert into "Other.One" values (1)', ['Other.One: only on the target: (1)']],
  ['a missing table', 'drop table t', ['t: is not on the target']],
  [
    'another column',
    'alter table t add more int',
    ['t: has columns code, id, note on the source, code, id, more, note on the target'],
  ],
])('finds %s', async (_what, change, differences) => {
  expect(await compareAfter(change)).toEqual(differences.map((difference) => `public.${difference}`))
})
