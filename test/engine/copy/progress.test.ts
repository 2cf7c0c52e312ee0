import { expect, test } from 'vitest'
import { createCopyFixture } from './fixture.ts'

test('tells the start and the end of each table, with exact rows at the end', async () => {
  await using fixture = await createCopyFixture(
    'create table t (id int, note text); create table empty (id int)',
  )
  await fixture.source.query(`insert into t select i, 'x' from generate_series(1, 500) i; analyze t`)
  await fixture.copy()
  const ofT = fixture.progress.filter(({ table }) => table === 't')
  expect(ofT.at(0)).toMatchObject({ status: 'COPYING', copiedRows: 0n, copiedBytes: 0n, estimatedRows: 500 })
  expect(ofT.at(-1)).toMatchObject({
    schema: 'public',
    status: 'COPIED',
    copiedRows: 500n,
    copiedBytes: expect.any(BigInt),
  })
  const ofEmpty = fixture.progress.filter(({ table }) => table === 'empty')
  expect(ofEmpty.map(({ status }) => status)).toEqual(['COPYING', 'COPIED'])
  expect(ofEmpty.at(-1)).toMatchObject({ copiedRows: 0n, estimatedRows: null })
})

test('tells a table in parts as one that only grows, and as copied with its last part', async () => {
  await using fixture = await createCopyFixture('create table t (id int)')
  await fixture.source.query('insert into t select generate_series(1, 50000)')
  await fixture.copy({ splitBytes: 200_000 })
  const rows = fixture.progress.map(({ copiedRows }) => copiedRows)
  expect(rows).toEqual(rows.toSorted((a, b) => Number(a - b)))
  expect(fixture.progress.filter(({ status }) => status === 'COPIED')).toHaveLength(1)
  expect(fixture.progress.at(-1)).toMatchObject({ status: 'COPIED', copiedRows: 50_000n })
})

test('begins with the largest table', async () => {
  await using fixture = await createCopyFixture(
    'create table a (id int); create table b (id int); create table c (id int)',
  )
  await fixture.source.query('insert into b select generate_series(1, 10000); insert into c values (1)')
  await fixture.copy({ sessions: 1 })
  const begun = fixture.progress.filter(({ status }) => status === 'COPYING').map(({ table }) => table)
  expect([...new Set(begun)]).toEqual(['b', 'c', 'a'])
})
