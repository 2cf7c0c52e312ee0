import { expect, test } from 'vitest'
import { takeOver } from '../../../engine/bookkeeping/index.ts'
import { startOver } from '../../../engine/copy/index.ts'
import { GodwitError } from '../../../engine/index.ts'
import { settingsOf } from '../../support/connection.ts'
import type { Renaming } from '../../support/renaming.ts'
import { createRole, type TestDatabase } from '../../support/servers.ts'
import {
  bigTableDdl,
  blockBigTable,
  createCopyFixture,
  fillBigTable,
  terminateCopies,
  waitUntilAlone,
} from './fixture.ts'

/** What a failed copy throws, which must be ours. */
async function failureOf(copying: Promise<unknown>): Promise<GodwitError> {
  const error: unknown = await copying.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof GodwitError) return error
  throw new Error('the copy did not fail with an error of Godwit', { cause: error })
}

const countBig = async (database: TestDatabase) =>
  (await database.query<{ n: number }>('select count(*)::int as n from big')).rows[0]!.n

test.each(['source', 'target'] as const)(
  'a copy whose session on the %s is ended leaves no rows and can be repeated',
  async (side) => {
    await using fixture = await createCopyFixture(bigTableDdl)
    await fixture.source.query(fillBigTable)
    const block = await blockBigTable(fixture.target)
    const copying = failureOf(fixture.copy())
    await block.reached()
    expect(await terminateCopies(fixture[side])).toBeGreaterThan(0)
    await block.release()
    expect(await copying).toMatchObject({ code: 'CONNECTION_LOST', retryable: true })
    await waitUntilAlone(fixture.target)
    expect(await countBig(fixture.target)).toBe(0)

    await startOver(await fixture.target.connect(), fixture.guard)
    expect(await fixture.copy()).toMatchObject({ rows: 1000n })
    expect(await fixture.differences()).toEqual([])
  },
)

test('an abort ends all sessions at once, leaves no rows, and is what is thrown', async () => {
  await using fixture = await createCopyFixture(bigTableDdl)
  await fixture.source.query(fillBigTable)
  const block = await blockBigTable(fixture.target)
  const abort = new AbortController()
  const reason = new Error('enough')
  const copying = fixture.copy({}, abort.signal)
  await block.reached()
  abort.abort(reason)
  await expect(copying).rejects.toBe(reason)
  await waitUntilAlone(fixture.source)
  await block.release()
  await waitUntilAlone(fixture.target)
  expect(await countBig(fixture.target)).toBe(0)
})

test('the first error ends the copies of other tables', async () => {
  await using fixture = await createCopyFixture(`${bigTableDdl}; create table small (id int)`, {
    targetDdl: `${bigTableDdl}; create table small (id int check (id < 0))`,
  })
  await fixture.source.query(`${fillBigTable}; insert into small values (1)`)
  const block = await blockBigTable(fixture.target)
  const error = await failureOf(fixture.copy())
  expect(error.message).toContain('public.small')
  await waitUntilAlone(fixture.source)
  await block.release()
  await waitUntilAlone(fixture.target)
  expect(await countBig(fixture.target)).toBe(0)
})

test('a value that the target refuses is told by table, row and column, but not itself', async () => {
  await using fixture = await createCopyFixture('create table "T.1" (id int, "b b" text)', {
    targetDdl: 'create table "T.1" (id int, "b b" int)',
  })
  await fixture.source.query(`insert into "T.1" values (1, '7'), (2, 'secret')`)
  const error = await failureOf(fixture.copy())
  expect(error).toMatchObject({ code: 'COPY_FAILED', retryable: false })
  expect(error.message).toContain('Writing public.T.1 on the target, row 2, column b b')
  expect(JSON.stringify([error, error.message, error.cause])).not.toContain('secret')
})

test('a row that a constraint of the target refuses is told by the constraint, not by its values', async () => {
  await using fixture = await createCopyFixture('create table t (id int, note text)', {
    targetDdl: 'create table t (id int constraint "only small" check (id < 10), note text)',
  })
  await fixture.source.query(`insert into t values (77, 'secret')`)
  const error = await failureOf(fixture.copy())
  expect(error.code).toBe('COPY_FAILED')
  expect(error.message).toContain('only small')
  expect(JSON.stringify([error, error.message, error.cause])).not.toMatch(/secret|77/)
})

test('a table that may not be read is named with its side', async () => {
  await using reader = await createRole('source')
  await using fixture = await createCopyFixture('create table t (id int)')
  const error = await failureOf(fixture.copy({ source: { ...settingsOf(fixture.source), ...reader } }))
  expect(error.code).toBe('PERMISSION_DENIED')
  expect(error.message).toContain('public.t on the source')
})

test('a table that the target does not have is named', async () => {
  await using fixture = await createCopyFixture('select')
  await fixture.source.query('create table "not there" (id int)')
  const error = await failureOf(fixture.copy())
  expect(error).toMatchObject({
    code: 'COPY_FAILED',
    message: 'There is no table public.not there on the target.',
  })
})

const moved: Renaming = {
  renames: [{ schema: 'public', table: 't', toSchema: 'else', toTable: 'where' }],
  sql: 'create schema "else"',
  namesOnTarget: new Map(),
}

test('a table that the target calls otherwise is named by what each side calls it', async () => {
  await using reader = await createRole('source')
  await using fixture = await createCopyFixture('create table t (id int)', { renaming: moved })
  await fixture.source.query('insert into t values (77)')
  expect((await failureOf(fixture.copy())).message).toBe('There is no table else.where on the target.')

  await fixture.target.query('create table "else"."where" (id int check (id < 10))')
  const refused = await failureOf(fixture.copy())
  expect(refused.message).toContain('Writing else.where on the target')
  const unread = await failureOf(fixture.copy({ source: { ...settingsOf(fixture.source), ...reader } }))
  expect(unread.message).toContain('Reading public.t on the source')
})

test('a former owner copies nothing', async () => {
  await using fixture = await createCopyFixture('create table t (id int)')
  await fixture.source.query('insert into t values (1)')
  await fixture.target.query('insert into t values (7)')
  await takeOver(await fixture.target.connect(), { ...fixture.guard, epoch: 2n })
  expect((await failureOf(fixture.copy())).code).toBe('LEASE_LOST')
  expect((await fixture.target.query('select id from t')).rows).toEqual([{ id: 7 }])
})

test('a new owner waits for what a former one is writing, and finds it', async () => {
  await using fixture = await createCopyFixture(bigTableDdl)
  await fixture.source.query(fillBigTable)
  const block = await blockBigTable(fixture.target)
  const copying = fixture.copy()
  await block.reached()
  const taking = takeOver(await fixture.target.connect(), { ...fixture.guard, epoch: 2n })
  await block.release()
  await copying
  await taking
  expect(await countBig(fixture.target)).toBe(1000)
})

test('a server that is not there is told as such', async () => {
  await using fixture = await createCopyFixture('create table t (id int)')
  const error = await failureOf(fixture.copy({ target: { ...settingsOf(fixture.target), port: 1 } }))
  expect(error).toMatchObject({ code: 'ENDPOINT_UNREACHABLE', retryable: true })
})
