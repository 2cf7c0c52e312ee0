import { expect, test } from 'vitest'
import { openSnapshot } from '../../../engine/copy/index.ts'
import { settingsOf } from '../../support/connection.ts'
import { selectAll } from '../../support/select-all.ts'
import { createCopyFixture, type CopyFixture } from './fixture.ts'

const signal = new AbortController().signal

/** Copies under a snapshot that was taken before `meanwhile` happened on the source. */
async function copyAfter(
  fixture: CopyFixture,
  meanwhile: string | readonly string[],
  splitBytes?: number,
): Promise<unknown> {
  const { tables } = await selectAll(await fixture.source.connect())
  await using snapshot = await openSnapshot(settingsOf(fixture.source), signal)
  for (const statement of [meanwhile].flat()) await fixture.source.query(statement)
  const { snapshotId } = snapshot
  return await fixture.copy({ snapshotId, tables, ...(splitBytes !== undefined && { splitBytes }) })
}

const idsOf = async (fixture: CopyFixture) =>
  (await fixture.target.query<{ id: number }>('select id from t order by id')).rows.map(({ id }) => id)

test('copies rows as of the snapshot, whatever was committed since', async () => {
  await using fixture = await createCopyFixture('create table t (id int primary key, note text)')
  await fixture.source.query(`insert into t select i, 'before' from generate_series(1, 3) i`)
  await copyAfter(
    fixture,
    `insert into t values (4, 'after'); update t set note = 'after'; delete from t where id = 2`,
  )
  expect(await idsOf(fixture)).toEqual([1, 2, 3])
  expect((await fixture.target.query('select distinct note from t')).rows).toEqual([{ note: 'before' }])
})

test('copies all tables as of one moment while transactions go on over them', async () => {
  const tables = Array.from({ length: 6 }, (_, index) => `t${index}`)
  await using fixture = await createCopyFixture(
    tables.map((name) => `create table ${name} (amount int);`).join(''),
  )
  await fixture.source.query(
    tables.map((name) => `insert into ${name} select 100 from generate_series(1, 2000);`).join(''),
  )
  const writer = await fixture.source.connect()
  const stop = new AbortController()
  const writing = (async () => {
    for (let turn = 0; !stop.signal.aborted; turn += 1) {
      const [from, to] = [tables[turn % 6], tables[(turn * 5 + 1) % 6]]
      await writer.query(
        `begin; update ${from} set amount = amount - 1; update ${to} set amount = amount + 1; commit`,
      )
    }
  })()
  try {
    await fixture.copy()
  } finally {
    stop.abort()
    await writing
  }
  const sums = tables.map((name) => `select sum(amount) as total from ${name}`).join(' union all ')
  const { rows } = await fixture.target.query<{ total: string }>(
    `select sum(total)::text as total from (${sums}) s`,
  )
  expect(rows).toEqual([{ total: '1200000' }])
})

test('says that a snapshot is lost when it never was', async () => {
  await using fixture = await createCopyFixture('create table t (id int)')
  const lost = { code: 'SNAPSHOT_LOST', retryable: true }
  await expect(fixture.copy({ snapshotId: '00000003-00000001-1' })).rejects.toMatchObject(lost)
  await expect(fixture.copy({ snapshotId: `it's "odd"` })).rejects.toMatchObject(lost)
})

test('says that a snapshot is lost when who exported it is gone', async () => {
  await using fixture = await createCopyFixture('create table t (id int)')
  const snapshot = await openSnapshot(settingsOf(fixture.source), signal)
  await snapshot[Symbol.asyncDispose]()
  await expect(fixture.copy({ snapshotId: snapshot.snapshotId })).rejects.toMatchObject({
    code: 'SNAPSHOT_LOST',
  })
})

test.each([
  ['truncated', 'truncate t'],
  ['truncated and filled again', 'truncate t; insert into t values (4)'],
  ['rewritten by ALTER TABLE', 'alter table t alter id type bigint'],
  ['replaced by another table', 'alter table t rename to u; create table t (id int)'],
])('asks for another snapshot when a table was %s since', async (_what, meanwhile) => {
  await using fixture = await createCopyFixture('create table t (id int)')
  await fixture.source.query('insert into t values (1), (2), (3)')
  await expect(copyAfter(fixture, meanwhile)).rejects.toMatchObject({ code: 'SNAPSHOT_LOST' })
})

test('copies a table that VACUUM FULL has rewritten since', async () => {
  await using fixture = await createCopyFixture('create table t (id int)')
  await fixture.source.query('insert into t values (1), (2), (3)')
  await copyAfter(fixture, ['delete from t where id = 1', 'vacuum full t'])
  expect(await idsOf(fixture)).toEqual([1, 2, 3])
})

test('copies an empty table that was truncated before the snapshot', async () => {
  await using fixture = await createCopyFixture('create table t (id int)')
  await fixture.source.query('insert into t values (1); truncate t')
  await fixture.copy()
  expect(await idsOf(fixture)).toEqual([])
})

test('asks for another snapshot when VACUUM FULL has moved rows of a table that is copied in parts', async () => {
  await using fixture = await createCopyFixture('create table t (id int)')
  await fixture.source.query('insert into t select generate_series(1, 20000)')
  const copying = copyAfter(fixture, ['delete from t where id < 1000', 'vacuum full t'], 100_000)
  await expect(copying).rejects.toMatchObject({ code: 'SNAPSHOT_LOST' })
})
