import { expect, test } from 'vitest'
import {
  type ConnectionSettings,
  type ConnectionStage,
  type ConnectionStageResult,
  type ConnectionTest,
  testConnection,
} from '../../../engine/endpoint/index.ts'
import { settingsOf } from '../../support/connection.ts'
import { createDatabase, createRole, queryServer, type TestDatabase } from '../../support/servers.ts'

const never = new AbortController().signal

function outcomesOf(result: ConnectionTest): Partial<Record<ConnectionStage, string>> {
  return Object.fromEntries(result.stages.map(({ stage, outcome }) => [stage, outcome]))
}

function failureOf(result: ConnectionTest): ConnectionStageResult {
  const failed = result.stages.filter(({ outcome }) => outcome === 'failed')
  expect(failed).toHaveLength(1)
  return failed[0]!
}

async function failureWith(
  db: TestDatabase,
  changes: Partial<ConnectionSettings>,
): Promise<ConnectionStageResult> {
  const result = await testConnection({ ...settingsOf(db), ...changes }, never)
  expect(result.ok).toBe(false)
  return failureOf(result)
}

test('an endpoint that can be a source passes every stage', async () => {
  await using db = await createDatabase('source')
  const result = await testConnection(settingsOf(db), never)
  expect(result.ok).toBe(true)
  expect(outcomesOf(result)).toEqual({
    DNS: 'passed',
    TCP: 'passed',
    TLS: 'skipped',
    AUTHENTICATION: 'passed',
    DATABASE: 'passed',
    REPLICATION: 'passed',
  })
  expect(result.serverVersion).toMatch(/^15\.\d+/)
  expect(result.stages.at(-1)!.detail).toMatch(/system identifier \d+, timeline 1/)
})

test('the first failure leaves the stages behind it skipped', async () => {
  await using db = await createDatabase('source')
  const result = await testConnection({ ...settingsOf(db), password: 'wrong' }, never)
  expect(outcomesOf(result)).toEqual({
    DNS: 'passed',
    TCP: 'passed',
    TLS: 'skipped',
    AUTHENTICATION: 'failed',
    DATABASE: 'skipped',
    REPLICATION: 'skipped',
  })
})

test('a name without an address fails DNS', async () => {
  await using db = await createDatabase('source')
  const failure = await failureWith(db, { host: 'no-such-host.invalid' })
  expect(failure).toMatchObject({ stage: 'DNS', detail: expect.stringContaining('no-such-host.invalid') })
})

test('a closed port fails TCP and names the address', async () => {
  await using db = await createDatabase('source')
  const failure = await failureWith(db, { port: 1 })
  expect(failure).toMatchObject({ stage: 'TCP', detail: expect.stringContaining('127.0.0.1:1: refused') })
})

test('a host of several addresses is reached by whichever listens', async () => {
  await using db = await createDatabase('source')
  const result = await testConnection({ ...settingsOf(db), host: 'localhost' }, never)
  expect(result.ok).toBe(true)
})

test('a server without TLS fails TLS when the mode requires it', async () => {
  await using db = await createDatabase('source')
  const failure = await failureWith(db, { tls: { mode: 'require' } })
  expect(failure).toMatchObject({ stage: 'TLS', remedy: expect.stringContaining('disable') })
})

test('a server without TLS is taken as it is when the mode prefers it', async () => {
  await using db = await createDatabase('source')
  const result = await testConnection({ ...settingsOf(db), tls: { mode: 'prefer' } }, never)
  expect(result.ok).toBe(true)
  expect(result.stages[2]).toMatchObject({
    stage: 'TLS',
    outcome: 'passed',
    detail: expect.stringMatching(/not encrypted/),
  })
})

test('a wrong password and an unknown role fail AUTHENTICATION', async () => {
  await using db = await createDatabase('source')
  expect(await failureWith(db, { password: 'wrong' })).toMatchObject({ stage: 'AUTHENTICATION' })
  expect(await failureWith(db, { user: 'nobody' })).toMatchObject({ stage: 'AUTHENTICATION' })
})

test('a role that may not log in fails AUTHENTICATION, and passes after the remedy', async () => {
  await using role = await createRole('source', { options: 'replication' })
  await using db = await createDatabase('source')
  await db.query(`alter role ${role.user} nologin`)
  const failure = await failureWith(db, role)
  expect(failure.stage).toBe('AUTHENTICATION')
  const statement = `ALTER ROLE "${role.user}" LOGIN;`
  expect(failure.remedy).toContain(statement)
  await queryServer('source', statement)
  expect((await testConnection({ ...settingsOf(db), ...role }, never)).ok).toBe(true)
})

test('an unknown database fails DATABASE, not AUTHENTICATION', async () => {
  await using db = await createDatabase('source')
  const failure = await failureWith(db, { database: 'no "such" database' })
  expect(failure).toMatchObject({
    stage: 'DATABASE',
    remedy: expect.stringContaining('CREATE DATABASE "no ""such"" database";'),
  })
})

test('a database that the user may not enter fails DATABASE, and passes after the remedy', async () => {
  await using role = await createRole('source', { options: 'replication' })
  await using db = await createDatabase('source')
  await db.query(`revoke connect on database ${db.name} from public`)
  const failure = await failureWith(db, role)
  expect(failure.stage).toBe('DATABASE')
  await db.query(failure.remedy!)
  expect((await testConnection({ ...settingsOf(db), ...role }, never)).ok).toBe(true)
})

test('a database that takes no connections fails DATABASE', async () => {
  await using db = await createDatabase('source')
  await queryServer('source', `alter database ${db.name} allow_connections false`)
  expect(await failureWith(db, {})).toMatchObject({
    stage: 'DATABASE',
    remedy: expect.stringContaining(`ALTER DATABASE "${db.name}" ALLOW_CONNECTIONS true;`),
  })
})

test('a user without the REPLICATION attribute fails REPLICATION, and passes after the remedy', async () => {
  await using role = await createRole('source')
  await using db = await createDatabase('source')
  const failure = await failureWith(db, role)
  expect(failure.stage).toBe('REPLICATION')
  await db.query(failure.remedy!)
  expect((await testConnection({ ...settingsOf(db), ...role }, never)).ok).toBe(true)
})

test('the password is in no result', async () => {
  await using role = await createRole('source')
  await using db = await createDatabase('source')
  const settings = { ...settingsOf(db), ...role }
  for (const changes of [{}, { database: 'nowhere' }, { password: `${role.password}!` }, { port: 1 }]) {
    const result = await testConnection({ ...settings, ...changes }, never)
    expect(JSON.stringify(result)).not.toContain(role.password)
  }
})

test('an aborted test throws the reason', async () => {
  await using db = await createDatabase('source')
  const controller = new AbortController()
  const running = testConnection(settingsOf(db), controller.signal)
  controller.abort(new Error('enough'))
  await expect(running).rejects.toThrow('enough')
})
