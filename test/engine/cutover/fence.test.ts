import { expect, test } from 'vitest'
import { liftFence, planFence, raiseFence, type FenceMode } from '../../../engine/cutover/index.ts'
import { connect, type Session } from '../../../engine/endpoint/index.ts'
import { settingsOf } from '../../support/connection.ts'
import {
  createDatabase,
  createRole,
  queryServer,
  waitFor,
  type TestClient,
  type TestDatabase,
  type TestRole,
} from '../../support/servers.ts'
import { readFenceState } from '../../support/fence-state.ts'

const signal = new AbortController().signal

async function openFencer(source: TestDatabase, role: Partial<TestRole> = {}): Promise<Session> {
  return await connect(
    { ...settingsOf({ ...source, ...role }), sessionSettings: { default_transaction_read_only: 'off' } },
    { purpose: 'fence test' },
  )
}

async function raise(session: Session, mode: FenceMode) {
  const planned = await planFence(session, mode)
  const ended = await raiseFence(session, planned, signal)
  return { planned, ended }
}

const isEnded = (client: TestClient) =>
  client.query('select 1').then(
    () => false,
    () => true,
  )

const insert = 'insert into t values (1)'

test('sessions of every role are ended, and new ones are read-only, whatever their role has set for itself', async () => {
  await using plain = await createRole('source')
  await using own = await createRole('source')
  await using here = await createRole('source')
  await using admin = await createRole('source', { options: 'superuser' })
  await using source = await createDatabase('source')
  await source.query(`
    create table t (id int); grant all on t to public;
    alter role ${own.user} set default_transaction_read_only = off;
    alter role ${here.user} in database ${source.name} set default_transaction_read_only = off;
    alter role ${here.user} in database ${source.name} set work_mem = '1MB';
    alter database ${source.name} set default_transaction_read_only = off;
    alter database ${source.name} set search_path = 'public'`)
  const roles = [plain, own, here, admin]
  const before = await readFenceState(source)
  const writers = await Promise.all(roles.map((role) => source.connect(role)))
  const bystander = await createDatabase('source')
  await using elsewhere = await bystander.connect()
  await writers[0]!.query('begin')
  await writers[0]!.query(insert)

  await using session = await openFencer(source)
  const { planned, ended } = await raise(session, 'READ_ONLY')
  expect(ended).toBe(roles.length + 1)
  expect(await Promise.all(writers.map(isEnded))).toEqual(roles.map(() => true))
  expect(await isEnded(elsewhere)).toBe(false)
  for (const role of roles) {
    const client = await source.connect(role)
    await expect(client.query(insert)).rejects.toMatchObject({ code: '25006' })
  }
  expect((await session.query('select from public.t')).rowCount).toBe(0)
  await session.query('insert into public.t values (2)')

  await liftFence(session, planned, signal)
  await liftFence(session, planned, signal)
  expect(await readFenceState(session)).toEqual(before)
  for (const role of roles) {
    const client = await source.connect(role)
    expect((await client.query(insert)).rowCount).toBe(1)
  }
  await bystander[Symbol.asyncDispose]()
})

test('sessions that were opened under the fence are ended with it, for they would stay read-only', async () => {
  await using source = await createDatabase('source')
  await using session = await openFencer(source)
  const { planned } = await raise(session, 'READ_ONLY')
  const opened = await source.connect()
  expect(await isEnded(opened)).toBe(false)
  await liftFence(session, planned, signal)
  await waitFor(() => isEnded(opened))
})

/** A fencer that is no superuser, by way of a role that owns the database. */
async function openOwnedSource() {
  await using opening = new AsyncDisposableStack()
  const owner = opening.use(await createRole('source'))
  const fencer = opening.use(await createRole('source'))
  await queryServer('source', `grant ${owner.user}, pg_signal_backend to ${fencer.user}`)
  const source = opening.use(await createDatabase('source', { owner: owner.user }))
  const opened = opening.move()
  return { source, owner, fencer, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

test('with connections blocked only the user of the fence gets in, and privileges come back as they were', async () => {
  await using granted = await createRole('source')
  await using other = await createRole('source')
  await using scene = await openOwnedSource()
  const { source, owner, fencer } = scene
  for (const statement of [
    `revoke temp on database ${source.name} from public`,
    `grant connect on database ${source.name} to ${granted.user} with grant option`,
    `grant temp on database ${source.name} to ${granted.user}`,
  ]) {
    await queryServer('source', statement)
  }
  await using session = await openFencer(source, fencer)
  const before = await readFenceState(session)
  const { planned } = await raise(session, 'BLOCK_CONNECTIONS')
  expect(await readFenceState(session)).not.toEqual(before)
  for (const role of [granted, other, owner]) {
    await expect(source.connect(role)).rejects.toMatchObject({ code: '42501' })
  }
  await using again = await openFencer(source, fencer)
  await again.query('create temp table writable ()')

  await liftFence(session, planned, signal)
  await liftFence(session, planned, signal)
  expect(await readFenceState(session)).toEqual(before)
  for (const role of [granted, other, owner]) await source.connect(role)
})

test('a database that nobody granted anything on has the same privileges again', async () => {
  await using source = await createDatabase('source')
  await using session = await openFencer(source)
  const before = await readFenceState(session)
  const { planned } = await raise(session, 'BLOCK_CONNECTIONS')
  expect(await readFenceState(session)).not.toEqual(before)
  await liftFence(session, planned, signal)
  expect(await readFenceState(session)).toEqual(before)
})

async function expectRefused(session: Session, mode: FenceMode, ...named: readonly string[]): Promise<void> {
  const before = await readFenceState(session)
  const refused = await planFence(session, mode).catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'FENCE_FAILED' })
  for (const part of named) expect(String(refused)).toContain(part)
  expect(await readFenceState(session)).toEqual(before)
}

test('a prepared transaction is refused with its gid', async () => {
  await using source = await createDatabase('source')
  await source.query('create table t (id int)')
  await source.query(`begin; ${insert}; prepare transaction 'it''s open'`)
  await using session = await openFencer(source)
  await expectRefused(session, 'READ_ONLY', `'it''s open'`)
})

test('a subscription that writes to the source is refused with its name', async () => {
  await using source = await createDatabase('source')
  await source.query(
    `create subscription sub_${source.name} connection 'dbname=nowhere' publication p with (connect = false)`,
  )
  await source.query(`alter subscription sub_${source.name} set (slot_name = none)`)
  await using session = await openFencer(source)
  expect(await planFence(session, 'READ_ONLY')).toMatchObject({ mode: 'READ_ONLY' })
  await source.query(`alter subscription sub_${source.name} set (slot_name = 's')`)
  await source.query(`alter subscription sub_${source.name} enable`)
  await expectRefused(session, 'READ_ONLY', `sub_${source.name}`)
  await source.query(`alter subscription sub_${source.name} disable`)
  await source.query(`alter subscription sub_${source.name} set (slot_name = none)`)
  await source.query(`drop subscription sub_${source.name}`)
})

test('sessions that the user may not end are named, before anything is changed', async () => {
  await using scene = await openOwnedSource()
  const { source, fencer } = scene
  await using session = await openFencer(source, fencer)
  await using superuser = await source.connect({ application_name: 'admin console' })
  const pid = (await superuser.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid
  await expectRefused(session, 'READ_ONLY', String(pid), 'admin console', source.user)
})

test('a user that does not own the database is told whose it is', async () => {
  await using role = await createRole('source')
  await using source = await createDatabase('source')
  await using session = await openFencer(source, role)
  await expectRefused(session, 'READ_ONLY', source.user)
})

test('a privilege that the owner did not grant is refused, for it could not be given back', async () => {
  await using middle = await createRole('source')
  await using last = await createRole('source')
  await using source = await createDatabase('source')
  await source.query(`grant connect on database ${source.name} to ${middle.user} with grant option`)
  {
    await using client = await source.connect(middle)
    await client.query(`grant connect on database ${source.name} to ${last.user}`)
  }
  await using session = await openFencer(source)
  await expectRefused(session, 'BLOCK_CONNECTIONS', last.user, middle.user)
  await source.query(`revoke connect on database ${source.name} from ${middle.user} cascade`)
})

test('a role that was dropped under the fence does not keep the rest of it up', async () => {
  const role = await createRole('source')
  await using source = await createDatabase('source')
  await source.query(`alter role ${role.user} set default_transaction_read_only = off`)
  await using session = await openFencer(source)
  const { planned } = await raise(session, 'READ_ONLY')
  await role[Symbol.asyncDispose]()
  await liftFence(session, planned, signal)
  expect(await readFenceState(session)).toMatchObject({ settings: null })
})
