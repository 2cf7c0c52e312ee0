import { expect, test } from 'vitest'
import { setWorkedScene } from './scene.ts'

const tableSql = `
  create table a (id serial primary key, n int);
  insert into a (n) select i from generate_series(1, 1000) i;`

test('without incremental, writes after the snapshot do not keep it from completing', async () => {
  const kind = { structure: true, fullCopy: true, incremental: false }
  await using scene = await setWorkedScene({ sql: tableSql, kind })
  const { source, migration } = scene
  const stop = new AbortController()
  const write = async () => {
    while (!stop.signal.aborted) await source.query('insert into a (n) values (1)')
  }
  const writing = write()
  await migration.start()
  const completed = await migration.waitForStatus('COMPLETED')
  stop.abort()
  await writing
  const [compared] = completed.report?.comparison ?? []
  expect(compared?.targetRows).toBe(completed.report?.rows)
})

test('without full copy, only what changes after the start is moved', async () => {
  const kind = { structure: true, fullCopy: false, incremental: true }
  await using scene = await setWorkedScene({ sql: tableSql, kind })
  const { source, target, migration } = scene
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  await source.query('insert into a (n) values (-1)')
  await migration.complete()
  await migration.waitForStatus('COMPLETED')
  expect((await target.query('select n from a')).rows).toEqual([{ n: -1 }])
})

test('without structure, rows that came to the target after verify are not removed', async () => {
  const kind = { structure: false, fullCopy: true, incremental: true }
  await using scene = await setWorkedScene({ sql: tableSql, kind })
  const { target, migration } = scene
  await target.query('create table a (id serial primary key, n int)')
  await migration.act('VERIFY')
  await migration.waitForStatus('READY')
  await target.query('insert into a values (-5, 5)')
  await migration.act('START')
  const failed = await migration.waitForStatus('FAILED')
  expect(failed.problem).toMatchObject({
    code: 'TARGET_NOT_EMPTY',
    message: expect.stringContaining('public.a'),
  })
  expect((await target.query('select id from a')).rows).toEqual([{ id: -5 }])
  await target.query('delete from a')
  await migration.act('RETRY')
  await migration.waitForStep('INCREMENTAL')
  expect((await target.query('select from a')).rowCount).toBe(1000)
})
