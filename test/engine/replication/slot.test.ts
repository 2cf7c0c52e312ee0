import pino from 'pino'
import { expect, test } from 'vitest'
import { isGodwitError } from '../../../engine/index.ts'
import { createSlot, dropSlot, identifySystem, type SlotRequest } from '../../../engine/replication/index.ts'
import { waitForBlocked } from '../../support/blocked.ts'
import { settingsOf } from '../../support/connection.ts'
import { createDatabase, createRole, startServer, type TestDatabase } from '../../support/servers.ts'
import { silentLog } from '../../support/start-server.ts'

const never = new AbortController().signal

function requestOf(source: TestDatabase): SlotRequest {
  return { source: settingsOf(source), slotName: `godwit_${source.name}`, log: silentLog }
}

async function slotsOf(source: TestDatabase): Promise<unknown[]> {
  const { rows } = await source.query(
    'select slot_name, plugin from pg_replication_slots where database = current_database()',
  )
  return rows
}

async function sessionsOf(source: TestDatabase): Promise<string[]> {
  const { rows } = await source.query<{ name: string }>(
    `select application_name as name from pg_stat_activity
      where datname = current_database() and application_name like 'godwit %'`,
  )
  return rows.map(({ name }) => name)
}

test('the snapshot shows what was committed before the slot, and nothing later', async () => {
  await using source = await createDatabase('source')
  await source.query('create table t (id int)')
  await source.query('insert into t values (1)')
  await using slot = await createSlot(requestOf(source), never)
  await source.query('insert into t values (2)')
  const reader = await source.connect()
  await reader.query('begin isolation level repeatable read')
  await reader.query(`set transaction snapshot '${slot.snapshotId}'`)
  expect((await reader.query('select id from t')).rows).toEqual([{ id: 1 }])
  expect(await slotsOf(source)).toEqual([{ slot_name: `godwit_${source.name}`, plugin: 'pgoutput' }])
})

test('the snapshot survives the death of a session that holds it', async () => {
  await using source = await createDatabase('source')
  await source.query('create table t (id int)')
  await using slot = await createSlot(requestOf(source), never)
  const first = slot.snapshotId
  await source.query(
    `select pg_terminate_backend(min(pid)) from pg_stat_activity
      where datname = current_database() and application_name = 'godwit snapshot'`,
  )
  await expect.poll(async () => (await sessionsOf(source)).length).toBe(1)
  await source.query('drop table t')
  const reader = await source.connect()
  await reader.query('begin isolation level repeatable read')
  const used = await reader
    .query(`set transaction snapshot '${slot.snapshotId}'`)
    .catch(() => reader.query('rollback'))
  expect(used.command).toBe('SET')
  expect(typeof first).toBe('string')
})

test('when the snapshot is let go, only the slot stays', async () => {
  await using source = await createDatabase('source')
  const slot = await createSlot(requestOf(source), never)
  await slot[Symbol.asyncDispose]()
  await expect.poll(() => sessionsOf(source)).toEqual([])
  expect(await slotsOf(source)).toHaveLength(1)
})

test('a slot of an earlier attempt is replaced, also while it is in use', async () => {
  await using source = await createDatabase('source')
  const slot = await createSlot(requestOf(source), never)
  await slot[Symbol.asyncDispose]()
  await source.query('create publication p')
  const walsender = await source.connect({ replication: 'database' } as object)
  const streaming = walsender
    .query(
      `START_REPLICATION SLOT "godwit_${source.name}" LOGICAL 0/0 (proto_version '1', publication_names 'p')`,
    )
    .catch(() => 'ended')
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
  await using replaced = await createSlot(requestOf(source), never)
  expect(await streaming).toBe('ended')
  expect(replaced.consistentPoint).toBeGreaterThan(slot.consistentPoint)
})

test('a slot of that name that is not one of Godwit is left alone', async () => {
  await using source = await createDatabase('source')
  await source.query(
    `select pg_create_logical_replication_slot('godwit_' || current_database(), 'test_decoding')`,
  )
  await expect(createSlot(requestOf(source), never)).rejects.toMatchObject({ code: 'NAME_TAKEN' })
  expect(await slotsOf(source)).toEqual([{ slot_name: `godwit_${source.name}`, plugin: 'test_decoding' }])
})

test('sessions whose transactions are waited for are logged, and the slot is there when they end', async () => {
  await using source = await createDatabase('source')
  await source.query('create table t (id int)')
  const writer = await source.connect()
  await writer.query('begin; insert into t values (1)')
  const pid: number = (await writer.query('select pg_backend_pid() as pid')).rows[0].pid
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => lines.push(line) })
  const creating = createSlot({ ...requestOf(source), log }, never)
  await expect.poll(() => lines.join()).toContain(`"blockingPids":[${pid}]`)
  await writer.query('commit')
  await using slot = await creating
  const reader = await source.connect()
  await reader.query(`begin isolation level repeatable read; set transaction snapshot '${slot.snapshotId}'`)
  expect((await reader.query('select id from t')).rows).toEqual([{ id: 1 }])
})

test('a transaction that does not end in time is named, and nothing stays', async () => {
  await using source = await createDatabase('source')
  await source.query('create table t (id int)')
  const writer = await source.connect()
  await writer.query('begin; insert into t values (1)')
  const pid: number = (await writer.query('select pg_backend_pid() as pid')).rows[0].pid
  const failure = await createSlot({ ...requestOf(source), lockTimeoutMs: 2_500 }, never).catch(
    (error: unknown) => error,
  )
  expect(failure).toMatchObject({ code: 'LOCK_TIMEOUT', retryable: true })
  expect(isGodwitError(failure) && failure.message).toContain(String(pid))
  expect(await slotsOf(source)).toEqual([])
  await expect.poll(() => sessionsOf(source)).toEqual([])
})

test('an abort while it waits leaves nothing, now or later', async () => {
  await using source = await createDatabase('source')
  await source.query('create table t (id int)')
  const writer = await source.connect()
  await writer.query('begin; insert into t values (1)')
  const abort = new AbortController()
  const creating = createSlot(requestOf(source), abort.signal).catch((error: unknown) => error)
  await waitForBlocked(source)
  const reason = new Error('enough')
  abort.abort(reason)
  expect(await creating).toBe(reason)
  await writer.query('commit')
  expect(await sessionsOf(source)).toEqual([])
  expect(await slotsOf(source)).toEqual([])
})

test('a user without the right to replicate is told so', async () => {
  await using role = await createRole('source')
  await using source = await createDatabase('source')
  const settings = { ...settingsOf(source), user: role.user, password: role.password }
  await expect(createSlot({ ...requestOf(source), source: settings }, never)).rejects.toMatchObject({
    code: 'ENDPOINT_REPLICATION_REFUSED',
  })
  expect(await slotsOf(source)).toEqual([])
})

test('a source without logical decoding is told so', async () => {
  await using server = await startServer({ version: 15, settings: { wal_level: 'replica' } })
  await using source = await createDatabase(server)
  await expect(createSlot(requestOf(source), never)).rejects.toMatchObject({ code: 'WAL_LEVEL_NOT_LOGICAL' })
})

test.each(['0', '1'])('a source of which all %s slots are taken is told so', async (slots) => {
  await using server = await startServer({ version: 15, settings: { max_replication_slots: slots } })
  await using source = await createDatabase(server)
  if (slots === '1') await source.query(`select pg_create_physical_replication_slot('other')`)
  await expect(createSlot(requestOf(source), never)).rejects.toMatchObject({ code: 'NO_FREE_SLOT' })
})

test('dropping a slot that is not there is fine', async () => {
  await using source = await createDatabase('source')
  await dropSlot(await source.connect(), 'godwit_none', never)
  expect(await slotsOf(source)).toEqual([])
})

test('dropping a slot ends the session that holds it', async () => {
  await using source = await createDatabase('source')
  await using slot = await createSlot(requestOf(source), never)
  expect(slot.consistentPoint).toBeGreaterThan(0n)
  await source.query('create publication p')
  const walsender = await source.connect({ replication: 'database' } as object)
  const streaming = walsender
    .query(
      `START_REPLICATION SLOT "godwit_${source.name}" LOGICAL 0/0 (proto_version '1', publication_names 'p')`,
    )
    .catch(() => 'ended')
  await dropSlot(await source.connect(), `godwit_${source.name}`, never)
  expect(await slotsOf(source)).toEqual([])
  expect(await streaming).toBe('ended')
})

test('a server tells who it is', async () => {
  await using source = await createDatabase('source')
  const system = await identifySystem(settingsOf(source), never)
  const { rows } = await source.query(
    'select system_identifier::text as id, timeline_id as timeline from pg_control_system(), pg_control_checkpoint()',
  )
  expect({ id: system.systemIdentifier, timeline: system.timeline }).toEqual(rows[0])
  expect(system.walPosition).toBeGreaterThan(0n)
})
