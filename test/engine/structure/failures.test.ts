import { expect, test } from 'vitest'
import { runPgDump } from '../../../engine/structure/pg-dump/run-pg-dump.ts'
import { settingsOf } from '../../support/connection.ts'
import { createDatabase, createRole, queryServer, startServer } from '../../support/servers.ts'
import { waitFor } from '../../support/wait-for.ts'
import { listStructure, neverAborted, restoreAll, restorePhase, takeOverTarget } from './support.ts'

test('an object that the target refuses is named with what the server says', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(`create schema s; create table s."my table" (id int)`)
  await target.query(`create schema s; create table s."my table" (id int)`)
  const restore = restorePhase('before data', { source, target, guard: await takeOverTarget(target) })
  await expect(restore).rejects.toMatchObject({
    code: 'STRUCTURE_FAILED',
    retryable: false,
    message: 'Cannot create TABLE s.my table: relation "my table" already exists',
  })
})

test('a table that the user may not read is named', async () => {
  await using role = await createRole('source')
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query('create table secret (id int)')
  const guard = await takeOverTarget(target)
  const restore = restorePhase('before data', { source: { ...source, ...role }, target, guard })
  await expect(restore).rejects.toMatchObject({
    code: 'PG_DUMP_FAILED',
    retryable: false,
    message: expect.stringMatching(/^pg_dump: error: .*permission denied for table secret/),
  })
})

test('a table that stays locked is named, and trying again may help', async () => {
  await using source = await createDatabase('source')
  await source.query('create table busy (id int)')
  await using blocker = await source.connect()
  await blocker.query('begin; lock table busy')
  const dump = runPgDump(settingsOf(source), ['--schema-only', '--lock-wait-timeout=50'], neverAborted)
  await expect(dump).rejects.toMatchObject({
    code: 'PG_DUMP_FAILED',
    retryable: true,
    message: expect.stringContaining('LOCK TABLE public.busy'),
  })
})

test('an abort ends pg_dump while it waits for a lock', async () => {
  await using source = await createDatabase('source')
  await source.query('create table busy (id int)')
  await using blocker = await source.connect()
  await blocker.query('begin; lock table busy')
  const stop = new AbortController()
  const dump = runPgDump(settingsOf(source), ['--schema-only'], stop.signal)
  await waitForDumpToWait(source.name)
  stop.abort(new Error('stopped by the test'))
  await expect(dump).rejects.toThrow('stopped by the test')
})

test('a connection that is lost while pg_dump runs is told as such', async () => {
  await using source = await createDatabase('source')
  await source.query('create table busy (id int)')
  await using blocker = await source.connect()
  await blocker.query('begin; lock table busy')
  const failure = runPgDump(settingsOf(source), ['--schema-only'], neverAborted).catch(
    (error: unknown) => error,
  )
  await waitForDumpToWait(source.name)
  await queryServer(
    'source',
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'`,
    [source.name],
  )
  expect(await failure).toMatchObject({ code: 'CONNECTION_LOST', retryable: true })
})

async function waitForDumpToWait(database: string): Promise<void> {
  await waitFor(
    async () => {
      const { rowCount } = await queryServer(
        'source',
        `select from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'`,
        [database],
      )
      return rowCount
    },
    { describe: 'pg_dump to wait for the lock' },
  )
}

test('what a target without superuser cannot have is warned of by name', async () => {
  await using role = await createRole('target')
  await using source = await createDatabase('source')
  await using target = await createDatabase('target', { owner: role.user })
  await source.query(`
    create extension pageinspect; create extension pg_trgm; comment on extension pg_trgm is 'ours';
    create function on_ddl() returns event_trigger language plpgsql as $$ begin perform 1; end $$;
    create event trigger watch on ddl_command_end execute function on_ddl(); comment on event trigger watch is 'x';
    create table t (id int)`)
  await target.query('create extension pg_trgm')
  const guard = await takeOverTarget(target, { role })
  const warnings = await restoreAll({ source, target: { ...target, ...role }, guard })
  expect(warnings).toEqual([
    'Cannot create EXTENSION pageinspect: permission denied to create extension "pageinspect"',
    'Cannot create COMMENT EXTENSION "pageinspect": extension "pageinspect" does not exist',
    'Cannot create COMMENT EXTENSION "pg_trgm": must be owner of extension pg_trgm',
    'Cannot create EVENT TRIGGER watch: permission denied to create event trigger "watch"',
    'Cannot create COMMENT EVENT TRIGGER "watch": event trigger "watch" does not exist',
  ])
  expect(await listStructure(target)).toContain('TABLE public.t')
})

test('a source that insists on TLS is dumped over it', async () => {
  await using server = await startServer({ version: 15, tls: true })
  await using source = await createDatabase(server)
  await source.query('create table t (id int)')
  const settings = {
    ...settingsOf(source),
    tls: { mode: 'verify-full', ca: server.tls!.caCertificate },
  } as const
  expect(await runPgDump(settings, ['--schema-only'], neverAborted)).toContain('CREATE TABLE public.t')
})
