import { expect, test } from 'vitest'
import { connect, type Session, toSessionError } from '../../../engine/endpoint/index.ts'
import { settingsOf } from '../../support/connection.ts'
import {
  createDatabase,
  createRole,
  queryServer,
  startServer,
  type TestDatabase,
} from '../../support/servers.ts'

async function failureOf(session: Session, sql: string): Promise<unknown> {
  return await session.query(sql).then(
    () => undefined,
    (error: unknown) => error,
  )
}

async function terminate(session: Session): Promise<void> {
  await queryServer('source', 'select pg_terminate_backend($1)', [await backendPid(session)])
}

async function backendPid(session: Session): Promise<number> {
  const { rows } = await session.query<{ pid: number }>('select pg_backend_pid() as pid')
  return rows[0]!.pid
}

async function open(db: TestDatabase): Promise<Session> {
  return await connect(settingsOf(db), { purpose: 'test' })
}

test('a session that the server ended while a query ran is a lost connection', async () => {
  await using db = await createDatabase('source')
  await using session = await open(db)
  const pid = await backendPid(session)
  const failed = failureOf(session, 'select pg_sleep(600)')
  await queryServer('source', 'select pg_terminate_backend($1)', [pid])
  expect(toSessionError(await failed, 'Sleeping')).toMatchObject({ code: 'CONNECTION_LOST', retryable: true })
})

test('a session that the server ended before the query is a lost connection', async () => {
  await using db = await createDatabase('source')
  await using session = await open(db)
  const ended = new Promise((resolve) => session.once('end', () => resolve(undefined)))
  await terminate(session)
  await ended
  expect(toSessionError(await failureOf(session, 'select'), 'Asking')).toMatchObject({
    code: 'CONNECTION_LOST',
  })
})

test('a crash of the server is a lost connection', async () => {
  await using server = await startServer({ version: 18 })
  const settings = settingsOf({ ...server, name: 'postgres' })
  await using session = await connect(settings, { purpose: 'test' })
  const failed = failureOf(session, 'select pg_sleep(600)')
  await server.stop({ mode: 'immediate' })
  expect(toSessionError(await failed, 'Sleeping')).toMatchObject({ code: 'CONNECTION_LOST' })
})

test('a query after the end of the session, or after an abort, is a lost connection', async () => {
  await using db = await createDatabase('source')
  await using session = await open(db)
  await session.end()
  expect(toSessionError(await failureOf(session, 'select'), 'Asking')).toMatchObject({
    code: 'CONNECTION_LOST',
  })
})

test('a socket that breaks under a query is a lost connection', async () => {
  await using db = await createDatabase('source')
  await using session = await open(db)
  const failed = failureOf(session, 'select pg_sleep(600)')
  session.connection.stream.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))
  expect(toSessionError(await failed, 'Sleeping')).toMatchObject({ code: 'CONNECTION_LOST' })
})

test('a time limit that ran out is worth another try', () => {
  const timeout = new DOMException('The operation was aborted due to timeout', 'TimeoutError')
  expect(toSessionError(timeout, 'Asking')).toMatchObject({ code: 'CONNECTION_LOST', retryable: true })
})

test('a programming error is no lost connection', () => {
  expect(toSessionError(new TypeError('x is not a function'), 'Asking')).toMatchObject({ code: 'INTERNAL' })
})

test('a missing privilege, a lock and a canceled statement have answers of their own', async () => {
  await using role = await createRole('source')
  await using db = await createDatabase('source')
  await db.query('create table secret (id int)')
  await using restricted = await connect({ ...settingsOf(db), ...role }, { purpose: 'test' })
  expect(toSessionError(await failureOf(restricted, 'table public.secret'), 'Reading')).toMatchObject({
    code: 'PERMISSION_DENIED',
  })

  await using blocker = await open(db)
  await blocker.query('begin; lock table public.secret')
  await using blocked = await open(db)
  await blocked.query(`set lock_timeout = '10ms'`)
  expect(toSessionError(await failureOf(blocked, 'table public.secret'), 'Reading')).toMatchObject({
    code: 'LOCK_TIMEOUT',
    retryable: true,
  })
  await blocked.query(`set lock_timeout = 0; set statement_timeout = '10ms'`)
  const canceled = toSessionError(await failureOf(blocked, 'table public.secret'), 'Reading', 'APPLY_FAILED')
  expect(canceled).toMatchObject({ code: 'APPLY_FAILED', retryable: true })
})

test('neither message nor cause hold values of rows', async () => {
  await using db = await createDatabase('source')
  await db.query(`create table t (id int primary key, card text check (card <> 'hush-5'))`)
  await db.query(`insert into t values (4711, 'x')`)
  await using session = await open(db)
  const statements = [
    `insert into public.t values (4711, 'hush-1')`,
    `insert into public.t values (1, 'hush-5')`,
    `select 'hush-4711'::int`,
    `select '4711-13-01'::date`,
    `do $$ begin raise exception 'hush 4711'; end $$`,
  ]
  for (const sql of statements) {
    const error = toSessionError(await failureOf(session, sql), 'Writing')
    expect(error.code).toBe('STATEMENT_FAILED')
    const shown = JSON.stringify([error.message, error.remedy, String(error.cause), error.cause, error.stack])
    expect(shown).not.toMatch(/4711|hush/)
  }
})
