import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { connect, type ConnectionSettings } from '../../../engine/endpoint/index.ts'
import { dial } from '../../../engine/endpoint/dial.ts'
import { settingsOf } from '../../support/connection.ts'
import { createDatabase, createRole, queryServer, waitFor } from '../../support/servers.ts'
import { listen, type Listener } from './listen.ts'

function settingsFor({ host, port }: Listener): ConnectionSettings {
  return { host, port, database: 'shop', user: 'app', password: 'hush', tls: { mode: 'disable' } }
}

async function countSessions(database: string): Promise<number> {
  const { rows } = await queryServer<{ count: number }>(
    'source',
    'select count(*)::int as count from pg_stat_activity where datname = $1',
    [database],
  )
  return rows[0]!.count
}

test('a session has the settings under which values print the same everywhere', async () => {
  await using db = await createDatabase('source')
  await using session = await connect(settingsOf(db), { purpose: 'test' })
  const { rows } = await session.query(`
    select current_setting('DateStyle') as datestyle, current_setting('TimeZone') as timezone,
           current_setting('IntervalStyle') as intervalstyle, current_setting('search_path') as path,
           current_setting('extra_float_digits') as digits, current_setting('client_encoding') as encoding,
           current_setting('application_name') as name, current_setting('statement_timeout') as timeout`)
  expect(rows[0]).toEqual({
    datestyle: 'ISO, YMD',
    timezone: 'UTC',
    intervalstyle: 'postgres',
    path: '',
    digits: '3',
    encoding: 'UTF8',
    name: 'godwit test',
    timeout: '0',
  })
})

test('a walsender session has the settings, too, and speaks replication commands', async () => {
  await using db = await createDatabase('source')
  await using session = await connect(settingsOf(db), { purpose: 'test', replication: true })
  const { rows } = await session.query<{ systemid: string }>('IDENTIFY_SYSTEM')
  expect(rows[0]!.systemid).toMatch(/^\d+$/)
  const shown = await session.query('show timezone')
  expect(shown.rows[0]).toEqual({ TimeZone: 'UTC' })
})

test('a session ends with its scope', async () => {
  await using db = await createDatabase('source')
  {
    await using session = await connect(settingsOf(db), { purpose: 'test' })
    await session.query('select')
    expect(await countSessions(db.name)).toBe(1)
  }
  await waitFor(async () => (await countSessions(db.name)) === 0, { describe: 'the session to end' })
})

test('a session ends with its scope although a query is still running', async () => {
  await using db = await createDatabase('source')
  let running: Promise<unknown>
  {
    await using session = await connect(settingsOf(db), { purpose: 'test' })
    running = session.query('select pg_sleep(600)').catch((error: unknown) => error)
  }
  expect(await running).toBeInstanceOf(Error)
})

test('a session whose server went silent ends with its scope all the same', async () => {
  await using db = await createDatabase('source')
  await using proxy = await listen((near) => pipeThrough(near, db))
  await using session = await connect({ ...settingsOf(db), port: proxy.port }, { purpose: 'test' })
  await session.query('select')
  for (const socket of proxy.sockets) {
    socket.unpipe()
    socket.pause()
  }
  await session[Symbol.asyncDispose]()
  expect(session.connection.stream.destroyed).toBe(true)
})

function pipeThrough(near: Socket, { host, port }: { readonly host: string; readonly port: number }): void {
  const far = new Socket()
  far.on('error', () => near.destroy())
  near.once('close', () => far.destroy())
  far.connect(port, host)
  near.pipe(far).pipe(near)
}

test('aborting breaks a query off and leaves no session', async () => {
  await using db = await createDatabase('source')
  const controller = new AbortController()
  await using session = await connect(settingsOf(db), { purpose: 'test' }, controller.signal)
  const running = session.query('select pg_sleep(600)').catch((error: unknown) => error)
  controller.abort()
  expect(await running).toBeInstanceOf(Error)
  expect(session.connection.stream.destroyed).toBe(true)
})

test('aborting while the server says nothing ends the attempt with the reason and leaves no socket', async () => {
  await using silent = await listen((socket) => socket.resume())
  const controller = new AbortController()
  const attempt = connect(settingsFor(silent), { purpose: 'test' }, controller.signal)
  await waitFor(() => silent.sockets.size === 1, { describe: 'the connection' })
  controller.abort(new Error('enough'))
  await expect(attempt).rejects.toThrow('enough')
  await waitFor(() => silent.sockets.size === 0, { describe: 'the socket to close' })
})

test('aborting while TLS is being negotiated leaves no socket', async () => {
  await using silent = await listen((socket) => socket.once('data', () => socket.write('S')))
  const controller = new AbortController()
  const settings: ConnectionSettings = { ...settingsFor(silent), tls: { mode: 'require' } }
  const attempt = connect(settings, { purpose: 'test' }, controller.signal)
  const [socket] = await waitFor(() => silent.sockets.size === 1 && [...silent.sockets])
  await waitFor(() => socket!.bytesRead > 8, { describe: 'the handshake to begin' })
  controller.abort(new Error('enough'))
  await expect(attempt).rejects.toThrow('enough')
  await waitFor(() => silent.sockets.size === 0, { describe: 'the socket to close' })
})

test('an aborted signal does not even try', async () => {
  await using silent = await listen(() => {
    throw new Error('was dialled')
  })
  await expect(
    connect(settingsFor(silent), { purpose: 'test' }, AbortSignal.abort(new Error('enough'))),
  ).rejects.toThrow('enough')
})

test('a server that says nothing is unreachable after the time allowed, and leaves no socket', async () => {
  await using silent = await listen((socket) => socket.resume())
  await expect(
    connect(settingsFor(silent), { purpose: 'test', connectTimeoutMs: 200 }),
  ).rejects.toMatchObject({
    code: 'ENDPOINT_UNREACHABLE',
    retryable: true,
  })
  await waitFor(() => silent.sockets.size === 0, { describe: 'the socket to close' })
})

test('a server that hangs up at once is unreachable', async () => {
  await using rude = await listen((socket) => socket.destroy())
  await expect(connect(settingsFor(rude), { purpose: 'test' })).rejects.toMatchObject({
    code: 'ENDPOINT_UNREACHABLE',
    retryable: true,
  })
})

test('something else than PostgreSQL is told from a server without TLS', async () => {
  await using web = await listen((socket) =>
    socket.once('data', () => socket.write('HTTP/1.1 400 Bad Request')),
  )
  const settings: ConnectionSettings = { ...settingsFor(web), tls: { mode: 'require' } }
  await expect(connect(settings, { purpose: 'test' })).rejects.toMatchObject({
    code: 'ENDPOINT_UNREACHABLE',
    message: expect.stringContaining('does not speak'),
  })
})

test('bytes slipped in behind the answer to the request for TLS are refused', async () => {
  await using attacker = await listen((socket) => socket.once('data', () => socket.write('SE')))
  const settings: ConnectionSettings = { ...settingsFor(attacker), tls: { mode: 'require' } }
  await expect(connect(settings, { purpose: 'test' })).rejects.toMatchObject({ code: 'ENDPOINT_UNREACHABLE' })
})

test('a missing password is said, and not looked for in the environment', async () => {
  await using db = await createDatabase('source')
  process.env['PGPASSWORD'] = db.password
  try {
    await expect(connect({ ...settingsOf(db), password: null }, { purpose: 'test' })).rejects.toMatchObject({
      code: 'ENDPOINT_AUTH_FAILED',
      message: expect.stringContaining('has none'),
    })
  } finally {
    delete process.env['PGPASSWORD']
  }
})

test('a full server is busy, and worth another try', async () => {
  await using role = await createRole('source', { options: 'connection limit 0' })
  await using db = await createDatabase('source')
  await expect(connect({ ...settingsOf(db), ...role }, { purpose: 'test' })).rejects.toMatchObject({
    code: 'SERVER_BUSY',
    retryable: true,
  })
})

test('a setting that the user may not make is a missing privilege', async () => {
  await using role = await createRole('source')
  await using db = await createDatabase('source')
  await expect(
    connect(
      { ...settingsOf(db), ...role },
      { purpose: 'test', settings: { session_replication_role: 'replica' } },
    ),
  ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
})

test.for(['::1', '[::1]'])('the IPv6 address %s is dialled', async (host) => {
  await using db = await createDatabase('source')
  await using proxy = await listen((near) => pipeThrough(near, db), '::1')
  await using session = await connect({ ...settingsOf(db), host, port: proxy.port }, { purpose: 'test' })
  const { rows } = await session.query('select current_database() as name')
  expect(rows[0]).toEqual({ name: db.name })
})

test('when one address of a host refuses, the next one is dialled', async () => {
  await using listener = await listen((socket) => socket.resume())
  const { signal } = new AbortController()
  const socket = await dial(['127.0.0.2', '127.0.0.1'], listener.port, { timeoutMs: 5_000 }, signal)
  expect(socket.remoteAddress).toBe('127.0.0.1')
  socket.destroy()
})

test('when no address takes the connection, the error says what each did', async () => {
  const { signal } = new AbortController()
  await expect(dial(['127.0.0.1', '::1'], 1, { timeoutMs: 5_000 }, signal)).rejects.toMatchObject({
    code: 'ENDPOINT_UNREACHABLE',
    message: expect.stringMatching(/127\.0\.0\.1:1: refused.*; \[::1\]:1: /),
  })
})
