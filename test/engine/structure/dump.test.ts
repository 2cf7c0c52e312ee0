import { expect, test } from 'vitest'
import { dumpStructure, dumpVersion } from '../../../engine/structure/dump.ts'
import { runPgDump } from '../../../engine/structure/pg-dump/run-pg-dump.ts'
import { settingsOf } from '../../support/connection.ts'
import { createDatabase } from '../../support/servers.ts'
import { neverAborted } from './support.ts'

test('the version of pg_dump is the one that it writes into its dumps', async () => {
  await using source = await createDatabase('source')
  const script = await runPgDump(settingsOf(source), ['--schema-only'], neverAborted)
  expect(script).toContain(`-- Dumped by pg_dump version ${await dumpVersion()}\n`)
})

test('what a function says to psql is kept', async () => {
  await using source = await createDatabase('source')
  const body = '\n\\restrict abc\n\\UNRESTRICT\n x \\restrict \n'
  await source.query(
    `create function f() returns int language plpgsql as $$ begin /*${body}*/ return 1; end $$`,
  )
  const entries = await dumpStructure(settingsOf(source), [], neverAborted)
  expect(entries.find(({ type }) => type === 'FUNCTION')?.sql).toContain(`/*${body}*/`)
})

test('the schema of Godwit is no part of the structure', async () => {
  await using source = await createDatabase('source')
  await source.query('create schema godwit; create table godwit.progress (id int); create table t (id int)')
  const entries = await dumpStructure(settingsOf(source), [], neverAborted)
  expect(entries.filter(({ sql }) => sql.includes('godwit'))).toEqual([])
})

test('the note that minor releases of November 2026 keep of a column is left out', async () => {
  await using source = await createDatabase('source')
  await source.query('create table t (a int, b int, c int); alter table t alter c set (n_distinct = 7)')
  await using client = await source.connect()
  await client.query('set allow_system_table_mods = on')
  await client.query(
    `update pg_attribute set attoptions = coalesce(attoptions, '{}') || case attname
       when 'a' then array['pg_attver=3'] when 'c' then array['pg_attver=4'] end
     where attrelid = 't'::regclass and attname in ('a', 'c')`,
  )
  const entries = await dumpStructure(settingsOf(source), [], neverAborted)
  const sql = entries.find(({ type }) => type === 'TABLE')?.sql
  expect(sql).not.toContain('pg_attver')
  expect(sql).toContain('ALTER COLUMN "c" SET (n_distinct=7);')
  expect(sql).not.toContain('ALTER COLUMN "a"')
})
