import { expect, test } from 'vitest'
import {
  type ChangeStream,
  type ChangeStreamRequest,
  createPublication,
  createSlot,
  identifySystem,
  lsnFromBigInt,
  MessageDecoder,
  openChangeStream,
  type ReplicationMessage,
  type SystemIdentity,
  type Tuple,
  valueAt,
} from '../../../engine/replication/index.ts'
import { resolveSelection, wholeDatabase } from '../../../engine/selection/index.ts'
import { settingsOf } from '../../support/connection.ts'
import {
  type AnyServer,
  createDatabase,
  createRole,
  startServer,
  type TestDatabase,
} from '../../support/servers.ts'
import { silentLog } from '../../support/start-server.ts'

const never = new AbortController().signal

interface Prepared extends AsyncDisposable {
  readonly source: TestDatabase
  readonly request: ChangeStreamRequest
  readonly system: SystemIdentity
}

/** A source with a table, a publication and a slot. */
async function prepare(
  server: AnyServer = 'source',
  schema = 'create table t (id int primary key, v text)',
): Promise<Prepared> {
  await using stack = new AsyncDisposableStack()
  const source = stack.use(await createDatabase(server))
  await source.query(schema)
  const session = await source.connect()
  const publicationName = 'p "q"'
  await createPublication(session, {
    name: publicationName,
    selected: await resolveSelection(session, wholeDatabase),
  })
  const slotName = `godwit_${source.name}`
  await using slot = await createSlot({ source: settingsOf(source), slotName, log: silentLog }, never)
  const kept = stack.move()
  return {
    source,
    system: await identifySystem(settingsOf(source), never),
    request: {
      source: settingsOf(source),
      slotName,
      publicationName,
      startLsn: slot.consistentPoint,
      expected: { systemIdentifier: null, timeline: null },
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** Reads until a commit has come `transactions` times. */
async function read(stream: ChangeStream, transactions: number): Promise<ReplicationMessage[]> {
  const decoder = new MessageDecoder()
  const messages: ReplicationMessage[] = []
  let left = transactions
  while (left > 0) {
    const chunk = stream.take()
    if (chunk === undefined) await stream.wait()
    let start = chunk?.start ?? 0
    for (const end of chunk?.ends ?? []) {
      const message = decoder.decode(chunk!.bytes, start, end)
      start = end
      messages.push(message)
      if (message.kind === 'commit') left--
    }
  }
  return messages
}

const valuesOf = (tuple: Tuple) =>
  Array.from({ length: tuple.length }, (_, index) => valueAt(tuple, index)?.toString() ?? null)

test('the stream of a real server is decoded', async () => {
  await using prepared = await prepare(
    'source',
    `create type mood as enum ('sad'); create table t (id int primary key, v text, m mood)`,
  )
  const { source } = prepared
  await using stream = await openChangeStream(prepared.request, never)
  await source.query(`begin; insert into t values (1, 'é', 'sad'), (2, null, null); update t set v = 'x' where id = 1;
    update t set id = 3 where id = 2; delete from t where id = 1; truncate t restart identity cascade; commit`)
  const messages = await read(stream, 1)
  expect(messages.map(({ kind }) => kind)).toEqual([
    'begin',
    'type',
    'relation',
    'insert',
    'insert',
    'update',
    'update',
    'delete',
    // Described again, for a TRUNCATE gives the table a new file.
    'type',
    'relation',
    'truncate',
    'commit',
  ])
  expect(messages[2]).toMatchObject({
    relation: {
      schema: 'public',
      name: 't',
      replicaIdentity: 'd',
      columns: [
        { name: 'id', inIdentity: true, typeOid: 23, typeModifier: -1 },
        { name: 'v', inIdentity: false, typeOid: 25 },
        { name: 'm', inIdentity: false },
      ],
    },
  })
  const rows = messages.flatMap((message) =>
    'row' in message && message.row !== null ? [valuesOf(message.row)] : [],
  )
  expect(rows).toEqual([
    ['1', 'é', 'sad'],
    ['2', null, null],
    ['1', 'x', 'sad'],
    ['3', null, null],
  ])
  const old = messages.flatMap((message) =>
    'old' in message && message.old !== null ? [valuesOf(message.old)] : [],
  )
  expect(old).toEqual([
    ['2', null, null],
    ['1', null, null],
  ])
  expect(messages.at(-2)).toMatchObject({ cascade: true, restartIdentity: true })
  const [begin, commit] = [messages[0], messages.at(-1)]
  if (begin?.kind !== 'begin' || commit?.kind !== 'commit') throw new Error('not a transaction')
  expect(commit.endLsn).toBeGreaterThan(begin.commitLsn)
})

test('it starts where it is told to, and what was acknowledged is not sent again', async () => {
  await using prepared = await prepare()
  const { source, request } = prepared
  for (let id = 1; id <= 3; id++) await source.query(`insert into t values (${id})`)
  let endLsn = lsnFromBigInt(0n)
  {
    await using stream = await openChangeStream(request, never)
    const commits = (await read(stream, 3)).filter((message) => message.kind === 'commit')
    endLsn = commits[1]!.endLsn
    stream.acknowledge(endLsn)
  }
  await expect
    .poll(
      async () =>
        (
          await source.query(
            `select confirmed_flush_lsn = $1::pg_lsn as confirmed from pg_replication_slots
      where slot_name = $2`,
            [`0/${endLsn.toString(16)}`, request.slotName],
          )
        ).rows,
    )
    .toEqual([{ confirmed: true }])
  await using stream = await openChangeStream({ ...request, startLsn: endLsn }, never)
  const inserted = (await read(stream, 1)).flatMap((message) =>
    'row' in message && message.row !== null ? [valuesOf(message.row)] : [],
  )
  expect(inserted).toEqual([['3', null]])
})

test('while nothing is taken only so much is read, and the source hears of it all the while', async () => {
  await using prepared = await prepare()
  const { source, request } = prepared
  await using stream = await openChangeStream({ ...request, maxQueuedBytes: 100_000 }, never)
  await source.query(`insert into t select i, repeat('x', 1000) from generate_series(1, 20000) i`)
  await stream.wait()
  const replyTime = async () =>
    (
      await source.query(
        `select r.reply_time::text as at from pg_stat_replication r join pg_replication_slots s on s.active_pid = r.pid
        where s.slot_name = $1`,
        [request.slotName],
      )
    ).rows[0]!['at']
  for (let replies = 0; replies < 3; replies++) {
    const last = await replyTime()
    await expect.poll(replyTime).not.toBe(last)
  }
  const messages = await read(stream, 1)
  expect(messages.filter(({ kind }) => kind === 'insert')).toHaveLength(20_000)
})

test('while reads are gathered everything arrives', async () => {
  await using prepared = await prepare()
  await using stream = await openChangeStream(prepared.request, never)
  stream.gathersReads = true
  for (let id = 1; id <= 200; id++) await prepared.source.query(`insert into t values (${id})`)
  const messages = await read(stream, 200)
  expect(messages.filter(({ kind }) => kind === 'insert')).toHaveLength(200)
})

test('an abort ends the wait and frees the slot', async () => {
  await using prepared = await prepare()
  const abort = new AbortController()
  await using stream = await openChangeStream(prepared.request, abort.signal)
  const waiting = (async () => {
    for (;;) await stream.wait()
  })().catch((error: unknown) => error)
  abort.abort(new Error('enough'))
  expect(await waiting).toMatchObject({ code: 'CONNECTION_LOST' })
  await expect
    .poll(
      async () =>
        (
          await prepared.source.query(
            'select from pg_replication_slots where active and database = current_database()',
          )
        ).rowCount,
    )
    .toBe(0)
})

test('when the source ends the session, the wait says so', async () => {
  await using prepared = await prepare()
  const { source, request } = prepared
  await using stream = await openChangeStream(request, never)
  await source.query(
    'select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = $1',
    [request.slotName],
  )
  await expect(
    (async () => {
      for (;;) await stream.wait()
    })(),
  ).rejects.toMatchObject({ code: 'CONNECTION_LOST', retryable: true })
})

test('another session of Godwit on the slot is ended', async () => {
  await using prepared = await prepare()
  await using former = await openChangeStream(prepared.request, never)
  await using stream = await openChangeStream(prepared.request, never)
  await expect(
    (async () => {
      for (;;) await former.wait()
    })(),
  ).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
  await prepared.source.query('insert into t values (1)')
  expect(await read(stream, 1)).not.toEqual([])
})

test('a session of somebody else on the slot is left alone', { timeout: 30_000 }, async () => {
  await using prepared = await prepare()
  const { source, request } = prepared
  const walsender = await source.connect({ replication: 'database', application_name: 'somebody' } as object)
  walsender
    .query(
      `START_REPLICATION SLOT "${request.slotName}" LOGICAL 0/0 (proto_version '1', publication_names 'x')`,
    )
    .catch(() => undefined)
  await expect
    .poll(
      async () =>
        (
          await source.query(
            'select from pg_replication_slots where active and database = current_database()',
          )
        ).rowCount,
    )
    .toBe(1)
  await expect(openChangeStream(request, never)).rejects.toMatchObject({
    code: 'SLOT_IN_USE',
    retryable: true,
  })
})

test('a slot that is gone is lost', async () => {
  await using prepared = await prepare()
  await prepared.source.query('select pg_drop_replication_slot($1)', [prepared.request.slotName])
  await expect(openChangeStream(prepared.request, never)).rejects.toMatchObject({
    code: 'SLOT_LOST',
    message: expect.stringContaining('does not exist any more'),
  })
})

test('a slot of another plugin is not the one that was made', async () => {
  await using prepared = await prepare()
  const { source, request } = prepared
  await source.query('select pg_drop_replication_slot($1)', [request.slotName])
  await source.query(`select pg_create_logical_replication_slot($1, 'test_decoding')`, [request.slotName])
  await expect(openChangeStream(request, never)).rejects.toMatchObject({ code: 'SLOT_LOST' })
})

test('a slot that was made anew, or moved on, has lost changes', async () => {
  await using prepared = await prepare()
  const { source, request } = prepared
  await source.query('insert into t values (1)')
  await source.query('select pg_replication_slot_advance($1, pg_current_wal_lsn())', [request.slotName])
  await expect(openChangeStream(request, never)).rejects.toMatchObject({
    code: 'SLOT_LOST',
    message: expect.stringContaining('the target has the changes up to'),
  })
})

test('a publication that is gone has lost changes', async () => {
  await using prepared = await prepare()
  await prepared.source.query('drop publication "p ""q"""')
  await expect(openChangeStream(prepared.request, never)).rejects.toMatchObject({ code: 'SLOT_LOST' })
})

test('a slot whose log was removed is lost', async () => {
  await using server = await startServer({
    version: 15,
    settings: { max_slot_wal_keep_size: '1MB', min_wal_size: '32MB', max_wal_size: '32MB' },
  })
  await using prepared = await prepare(server)
  const { source, request } = prepared
  for (let round = 0; round < 4; round++) await source.query('select pg_switch_wal(); checkpoint')
  await source.query(`insert into t select i, repeat('x', 1000) from generate_series(1, 60000) i`)
  await source.query('select pg_switch_wal()')
  await source.query('checkpoint')
  await expect(openChangeStream(request, never)).rejects.toMatchObject({
    code: 'SLOT_LOST',
    message: expect.stringContaining('invalidated'),
  })
})

test.each([
  { what: 'system', expected: { systemIdentifier: '1', timeline: null } },
  { what: 'timeline', expected: { systemIdentifier: null, timeline: 7 } },
])('another $what is noticed', async ({ expected }) => {
  await using prepared = await prepare()
  await expect(openChangeStream({ ...prepared.request, expected }, never)).rejects.toMatchObject({
    code: 'SOURCE_REPLACED',
  })
  const { systemIdentifier, timeline } = prepared.system
  await using stream = await openChangeStream(
    { ...prepared.request, expected: { systemIdentifier, timeline } },
    never,
  )
  expect(stream.walEnd).toBeGreaterThanOrEqual(prepared.request.startLsn)
})

test('a user without the right to replicate is told so', async () => {
  await using role = await createRole('source')
  await using prepared = await prepare()
  const source = { ...prepared.request.source, user: role.user, password: role.password }
  await expect(openChangeStream({ ...prepared.request, source }, never)).rejects.toMatchObject({
    code: 'ENDPOINT_REPLICATION_REFUSED',
  })
})
