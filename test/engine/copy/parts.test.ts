import { expect, test } from 'vitest'
import { readCopied } from '../../../engine/bookkeeping/index.ts'
import { openSnapshot, startOver } from '../../../engine/copy/index.ts'
import { settingsOf } from '../../support/connection.ts'
import { allSorts, namedObjectsSql, namedRowsSql } from '../../support/renaming.ts'
import { createCopyFixture } from './fixture.ts'

const fill = `insert into t select i, repeat('x', i % 300) from generate_series(1, 20000) i`

test('a table in parts arrives whole, also when its pages have holes', async () => {
  await using fixture = await createCopyFixture('create table t (id int, note text)')
  await fixture.source.query(`${fill}; delete from t where id between 3000 and 9000 or id % 7 = 0`)
  const { rows } = await fixture.copy({ splitBytes: 200_000, sessions: 3 })
  expect(await fixture.differences()).toEqual([])
  const parts = await readCopied(await fixture.target.connect(), fixture.guard)
  expect(parts.map(({ part }) => part)).toEqual(parts.map((_, index) => index))
  expect(parts.length).toBeGreaterThan(10)
  expect(parts.reduce((sum, part) => sum + part.rows, 0n)).toBe(rows)
})

test('rows that are added while parts are copied stay out, whatever page they go to', async () => {
  await using fixture = await createCopyFixture('create table t (id int, note text)')
  await fixture.source.query(fill)
  await using snapshot = await openSnapshot(settingsOf(fixture.source), new AbortController().signal)
  const writer = await fixture.source.connect()
  const stop = new AbortController()
  const writing = (async () => {
    while (!stop.signal.aborted) {
      await writer.query(`update t set note = 'after' where id % 97 = 0`)
      await writer.query(`insert into t select 0, 'after' from generate_series(1, 100)`)
    }
  })()
  try {
    await fixture.copy({ splitBytes: 100_000, snapshotId: snapshot.snapshotId })
  } finally {
    stop.abort()
    await writing
  }
  const { rows } = await fixture.target.query(
    `select count(*)::int as all, count(distinct id)::int as ids from t`,
  )
  expect(rows).toEqual([{ all: 20_000, ids: 20_000 }])
})

test('a table in parts replaces what it held', async () => {
  await using fixture = await createCopyFixture('create table t (id int, note text)')
  await fixture.source.query(fill)
  await fixture.target.query(`insert into t values (-1, 'old')`)
  await fixture.copy({ splitBytes: 500_000 })
  expect(await fixture.differences()).toEqual([])
})

test('tables in parts that swap their names each replace what the right one held', async () => {
  await using fixture = await createCopyFixture(namedObjectsSql, { renaming: allSorts })
  await fixture.source.query(`
    ${namedRowsSql}
    insert into a select i, repeat('a', i % 300) from generate_series(100, 20000) i;
    insert into b select i, repeat('b', i % 200) from generate_series(100, 20000) i;`)
  await fixture.target.query(`insert into a values (-1, 'old'); insert into b values (-1, 'old')`)
  await fixture.copy({ splitBytes: 300_000 })
  expect(await fixture.differences()).toEqual([])
})

test('a table that holds nearly all of its bytes out of line is not cut into more parts than it has pages', async () => {
  await using fixture = await createCopyFixture('create table t (id int, note text)')
  await fixture.source.query(
    `insert into t select i, (select string_agg(md5(i::text || j), '') from generate_series(1, 3000) j) from generate_series(1, 5) i`,
  )
  await fixture.copy({ splitBytes: 1_000 })
  expect(await fixture.differences()).toEqual([])
})

test('a copy notes every table it has copied, and starting over forgets them', async () => {
  await using fixture = await createCopyFixture('create table a (id int); create table "b b" (id int)')
  await fixture.source.query('insert into a values (1), (2)')
  await fixture.copy()
  const client = await fixture.target.connect()
  const mark = { schema: 'public', part: 0 }
  expect(await readCopied(client, fixture.guard)).toEqual([
    { ...mark, table: 'a', rows: 2n, bytes: expect.any(BigInt) },
    { ...mark, table: 'b b', rows: 0n, bytes: expect.any(BigInt) },
  ])
  await startOver(client, fixture.guard)
  expect(await readCopied(client, fixture.guard)).toEqual([])
  await fixture.copy()
  expect(await fixture.differences()).toEqual([])
})

test('a former owner cannot start over', async () => {
  await using fixture = await createCopyFixture('create table a (id int)')
  await fixture.copy()
  const client = await fixture.target.connect()
  await expect(startOver(client, { ...fixture.guard, epoch: 0n })).rejects.toMatchObject({
    code: 'LEASE_LOST',
  })
  expect(await readCopied(client, fixture.guard)).toHaveLength(1)
})
