import { expect, test } from 'vitest'
import { compareDatabases, differencesOf } from '../../support/compare-databases.ts'
import { settingsOf } from '../../support/connection.ts'
import { createOddTables, createOddValues } from '../../support/odd-values.ts'
import { createCopyFixture } from '../copy/fixture.ts'
import { firstDifference, readPrintedRows } from './fixture.ts'

test('values of every type arrive as they were, to the byte of their text', async () => {
  await using fixture = await createCopyFixture('select')
  await createOddValues(await fixture.source.connect())
  await createOddTables(await fixture.target.connect())
  await fixture.copy()
  const source = await readPrintedRows(fixture.source)
  expect(source.get('odd.numeric')).toHaveLength(12)
  expect(firstDifference(source, await readPrintedRows(fixture.target))).toBeNull()
  expect(
    differencesOf(await compareDatabases(settingsOf(fixture.source), settingsOf(fixture.target))),
  ).toEqual([])
})
