import { expect, test } from 'vitest'
import { readServerFacts } from '../../../engine/catalog/index.ts'
import { connect, testConnection } from '../../../engine/endpoint/index.ts'
import { openTransactionsOlderThan } from '../../../engine/verify/checks/open-transactions.ts'
import { settingsOf } from '../../support/connection.ts'
import { createDatabase, type TestDatabase } from '../../support/servers.ts'
import { everything, mend, problemsOf, resultOf, verify } from './verify-support.ts'

test('tables that the source would refuse to update once published fail, each with the best remedy', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(`
    create table keyless (a int);
    create table nearly (a int not null, constraint nearly_key unique (a));
    create table off (id int primary key);
    alter table off replica identity nothing;
    create table deferred (id int, primary key (id) deferrable);
    create table parted (a int) partition by list (a);
    create table parted_1 partition of parted for values in (1)`)
  const report = await verify(source, target)
  const { outcome, statements } = resultOf(report, 'replica-identity')
  expect(outcome).toBe('failed')
  expect(statements).toEqual([
    'ALTER TABLE "public"."deferred" REPLICA IDENTITY FULL;',
    'ALTER TABLE "public"."keyless" REPLICA IDENTITY FULL;',
    'ALTER TABLE "public"."nearly" REPLICA IDENTITY USING INDEX "nearly_key";',
    'ALTER TABLE "public"."off" REPLICA IDENTITY DEFAULT;',
    'ALTER TABLE "public"."parted_1" REPLICA IDENTITY FULL;',
  ])
  await mend(source, resultOf(report, 'replica-identity'))

  const mended = resultOf(await verify(source, target), 'replica-identity')
  expect(mended).toMatchObject({ outcome: 'warning', statements: [] })
  expect(mended.detail).toContain('3 tables')

  // What the check is for.
  await source.query('create publication p for all tables')
  for (const table of ['keyless', 'nearly', 'off', 'deferred', 'parted'])
    await source.query(`delete from ${table}`)
})

test('a table without a key that is not selected is no obstacle', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query('create table keyless (a int); create table kept (a int primary key)')
  const selection = { include: [], exclude: [{ schema: 'public', table: 'keyless' }] }
  expect(problemsOf(await verify(source, target, { selection }))).toEqual([])
})

test('unlogged tables are a warning, gone after the remedy', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query('create unlogged table cache (id int primary key)')
  const report = await verify(source, target)
  expect(problemsOf(report)).toEqual(['unlogged-tables'])
  expect(report.outcome).toBe('warning')
  await mend(source, resultOf(report, 'unlogged-tables'))
  expect(problemsOf(await verify(source, target))).toEqual([])
})

test('large objects are a warning', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query('select lo_create(0)')
  const report = await verify(source, target)
  expect(problemsOf(report)).toEqual(['large-objects'])
  await source.query('select lo_unlink(oid) from pg_largeobject_metadata')
  expect(problemsOf(await verify(source, target))).toEqual([])
})

async function findOpenTransactions(db: TestDatabase) {
  const settings = settingsOf(db)
  await using session = await connect(settings, { purpose: 'test' })
  const source = {
    settings,
    session,
    facts: await readServerFacts(session),
    test: await testConnection(settings, new AbortController().signal),
  }
  return await openTransactionsOlderThan(0).run({ source, kind: everything })
}

test('transactions that have written are named with their pid, and gone after the remedy', async () => {
  await using source = await createDatabase('source')
  await source.query('create table t (id int)')
  await using writer = await source.connect()
  await writer.query('begin; insert into t values (1)')
  await using preparer = await source.connect()
  await preparer.query(`begin; insert into t values (2); prepare transaction 'left ''over'''`)
  const { rows } = await writer.query<{ pid: number }>('select pg_backend_pid() as pid')

  const finding = await findOpenTransactions(source)
  expect(finding.outcome).toBe('warning')
  expect(finding.detail).toContain(`pid ${rows[0]!.pid} of postgres in ${source.name}`)
  expect(finding.detail).toContain(`prepared left 'over`)
  // Other tests write on the same server.
  const terminate = `SELECT pg_terminate_backend(${rows[0]!.pid});`
  const rollBack = `ROLLBACK PREPARED 'left ''over''';`
  expect(finding.statements).toEqual(expect.arrayContaining([terminate, rollBack]))
  await source.query(terminate)
  await source.query(rollBack)
  expect((await findOpenTransactions(source)).detail).not.toContain(source.name)
})

test('transactions that only read are not waited for', async () => {
  await using source = await createDatabase('source')
  await using reader = await source.connect()
  await reader.query('begin isolation level repeatable read; select 1')
  expect((await findOpenTransactions(source)).detail).not.toContain(source.name)
})
