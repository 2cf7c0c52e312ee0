import { expect, test } from 'vitest'
import type { StructureProgress } from '../../../engine/structure/index.ts'
import { createDatabase } from '../../support/servers.ts'
import { newestSchema, richSchema } from './rich-schema.ts'
import { describeStructure, restoreAll, restorePhase, takeOverTarget, withoutQualifiers } from './support.ts'

test('everything that a database can hold arrives on a newer server', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(richSchema)
  const warnings = await restoreAll({ source, target, guard: await takeOverTarget(target) })
  expect(warnings).toEqual([])
  expect(withoutQualifiers(await describeStructure(target))).toEqual(
    withoutQualifiers(await describeStructure(source)),
  )
})

test.each([
  { server: 'source', schema: richSchema },
  { server: 'target', schema: richSchema + newestSchema },
] as const)('everything arrives word for word on the same version ($server)', async ({ server, schema }) => {
  await using source = await createDatabase(server)
  await using target = await createDatabase(server)
  await source.query(schema)
  const warnings = await restoreAll({ source, target, guard: await takeOverTarget(target) })
  expect(warnings).toEqual([])
  expect(await describeStructure(target)).toEqual(await describeStructure(source))
})

test('foreign keys, triggers and rules wait when they are held back, and the rest does not', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('source')
  await source.query(richSchema)
  const scene = { source, target, guard: await takeOverTarget(target), holdBack: true }
  await restorePhase('before data', scene)
  await restorePhase('after data', scene)
  const complete = await describeStructure(source)
  const present = await describeStructure(target)
  const waiting = complete.filter((text) => !present.includes(text)).map((text) => text.split('\n')[0])
  expect(waiting.filter((entry) => !entry?.startsWith('FK CONSTRAINT'))).toEqual([
    'COMMENT EVENT TRIGGER "watch"',
    'COMMENT shop.CONSTRAINT "orders_customer" ON "orders"',
    'COMMENT shop.TRIGGER "on_events" ON "events"',
    'EVENT TRIGGER watch',
    'RULE shop.notes no_delete',
    'RULE shop.open_orders log_insert',
    'TRIGGER shop.events on_events',
    'TRIGGER shop.mails instead',
    'TRIGGER shop.notes late',
    'TRIGGER shop.orders after_all',
    'TRIGGER shop.orders touch; me',
  ])
  expect(waiting.filter((entry) => entry?.startsWith('FK CONSTRAINT'))).toHaveLength(6)
  await restorePhase('held back', scene)
  expect(await describeStructure(target)).toEqual(complete)
})

test('each object is reported by type and name, in order of its making', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(`
    create schema shop; create type shop.state as enum ('a');
    create table shop.orders (id serial primary key, state shop.state);
    create table shop.lines (order_id int references shop.orders (id)); create index on shop.lines (order_id)`)
  const reports: StructureProgress[] = []
  const onObject = (progress: StructureProgress) => reports.push(progress)
  const scene = { source, target, guard: await takeOverTarget(target), onObject }
  await restorePhase('before data', scene)
  expect(reports.map(({ done, total, type, name }) => `${done}/${total} ${type} ${name}`)).toEqual([
    '1/7 SCHEMA shop',
    '2/7 TYPE shop.state',
    '3/7 TABLE shop.lines',
    '4/7 TABLE shop.orders',
    '5/7 SEQUENCE shop.orders_id_seq',
    '6/7 SEQUENCE OWNED BY shop.orders_id_seq',
    '7/7 DEFAULT shop.orders id',
  ])
  reports.length = 0
  await restorePhase('after data', scene)
  expect(reports.map(({ done, total }) => `${done}/${total}`)).toEqual(['1/3', '2/3', '3/3'])
  expect(reports.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
    'CONSTRAINT shop.orders orders_pkey',
    'FK CONSTRAINT shop.lines lines_order_id_fkey',
    'INDEX shop.lines_order_id_idx',
  ])
})

test('hundreds of tables with large functions arrive', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('source')
  await source.query(`do $do$ begin
    for i in 1..200 loop
      execute format('create table "Täble %s" (id serial primary key, a text default %L unique)', i, 'x; -- ''');
      execute format('create function "fü%s"() returns text language plpgsql as %L', i,
        'begin -- ' || repeat('Größe '' " ', 2000) || E'\\n return null; end');
    end loop; end $do$`)
  await restoreAll({ source, target, guard: await takeOverTarget(target) })
  expect(await describeStructure(target)).toEqual(await describeStructure(source))
})
