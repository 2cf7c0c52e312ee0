import { expect, test } from 'vitest'
import { runVerify } from '../../../engine/verify/index.ts'
import { wholeDatabase } from '../../../engine/index.ts'
import { settingsOf } from '../../support/connection.ts'
import { createDatabase } from '../../support/servers.ts'
import { everything, namesOf, problemsOf, resultOf, verify } from './verify-support.ts'

test('a migration without obstacles passes every check', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(`
    create table "we ird" ("k""ey" int primary key);
    create table events (id bigint generated always as identity, at date, primary key (id, at)) partition by range (at);
    create table events_1 partition of events for values from ('2024-01-01') to ('2025-01-01');
    create view v as select * from "we ird"`)
  const report = await verify(source, target)
  expect(problemsOf(report)).toEqual([])
  expect(report.outcome).toBe('passed')
  expect(report.finishedAt.getTime()).toBeGreaterThanOrEqual(report.startedAt.getTime())
})

test('verify leaves nothing behind on either server', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await verify(source, target)
  for (const db of [source, target]) {
    const { rows } = await db.query(`
      select (select count(*)::int from pg_replication_slots where database = current_database()) as slots,
             (select count(*)::int from pg_publication) as publications,
             (select count(*)::int from pg_namespace where nspname = 'godwit') as schemas,
             (select count(*)::int from pg_locks where locktype = 'advisory' and database =
               (select oid from pg_database where datname = current_database())) as locks`)
    expect(rows).toEqual([{ slots: 0, publications: 0, schemas: 0, locks: 0 }])
  }
})

test('a kind without incremental asks nothing of replication', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  const kind = { structure: true, fullCopy: true, incremental: false }
  const names = namesOf(await verify(source, target, { kind }))
  expect(names).not.toContain('wal-level')
  expect(names).not.toContain('replica-identity')
  expect(names).toContain('table-privileges')
})

test('an unreachable source is named with its stage and what was not looked at; the target is looked at', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  const report = await verify(source, target, { source: { port: 1 } })
  expect(report.outcome).toBe('failed')
  expect(problemsOf(report)).toEqual(['source-reachable'])
  const { detail } = resultOf(report, 'source-reachable')
  expect(detail).toContain('TCP failed')
  expect(detail).toContain('wal_level of the source')
  expect(detail).toContain('Target is empty')
  expect(namesOf(report)).toEqual([
    'source-reachable',
    'target-reachable',
    'target-version',
    'target-writable',
    'replica-role',
  ])
})

test('an unreachable target is named; the source is looked at', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  const report = await verify(source, target, { target: { password: 'wrong' } })
  expect(problemsOf(report)).toEqual(['target-reachable'])
  expect(resultOf(report, 'target-reachable').detail).toContain('AUTHENTICATION failed')
  expect(namesOf(report)).toContain('replica-identity')
  expect(namesOf(report)).not.toContain('target-empty')
})

test('a selection of what is not there fails, and the servers are looked at all the same', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  const selection = { include: [{ schema: 'nowhere' }], exclude: [] }
  const report = await verify(source, target, { selection })
  expect(problemsOf(report)).toEqual(['selection'])
  expect(resultOf(report, 'selection').detail).toContain('nowhere')
  expect(namesOf(report)).toContain('wal-level')
  expect(namesOf(report)).not.toContain('table-privileges')
})

test('an aborted verify throws the reason', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  const controller = new AbortController()
  const running = runVerify(
    {
      source: settingsOf(source),
      target: settingsOf(target),
      kind: everything,
      selection: wholeDatabase,
      migrationId: 'm',
    },
    controller.signal,
  )
  controller.abort(new Error('enough'))
  await expect(running).rejects.toThrow('enough')
})
