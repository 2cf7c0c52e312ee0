import { expect, test } from 'vitest'
import type { RenameRule } from '../../../engine/index.ts'
import { createDatabase, type TestDatabase } from '../../support/servers.ts'
import { namesOf, resultOf, verify } from './verify-support.ts'

async function findReferences(source: TestDatabase, ...renames: RenameRule[]): Promise<string> {
  await using target = await createDatabase('target')
  const report = await verify(source, target, { selection: { include: [], exclude: [], renames } })
  const { outcome, detail } = resultOf(report, 'renamed-references')
  expect(outcome).toBe(detail.startsWith('No column') ? 'passed' : 'failed')
  return detail
}

const shopToStore = { schema: 'shop', toSchema: 'store' }

test('finds columns that hold names of objects, through arrays, domains, composite types and ranges', async () => {
  await using source = await createDatabase('source')
  await source.query(`
    create schema shop; create table shop.orders (id int primary key);
    create domain shop.relation as regclass; create domain shop.relations as shop.relation[];
    create type shop.pair as (n int, kind regtype); create domain shop.checked as shop.pair;
    create type shop.span as range (subtype = regprocedure);
    create table public.refs (
      id int primary key, plain regclass, list regclass[], of_domain shop.relations, of_composite shop.checked[],
      of_range shop.span, of_row shop.orders,
      config regconfig, who regrole, number oid, words text, numbers oidvector, place point);
    alter table public.refs add gone regclass; alter table public.refs drop gone`)
  expect(await findReferences(source, shopToStore)).toMatch(
    /: public\.refs\.config, public\.refs\.list, public\.refs\.of_composite, public\.refs\.of_domain, public\.refs\.of_range, public\.refs\.plain\.$/,
  )
  const rule = { schema: 'shop', table: 'orders', toTable: 'sales' }
  expect(await findReferences(source, rule)).not.toContain('config')
  expect(await findReferences(source, rule)).toContain('public.refs.plain')
  await source.query('drop table public.refs')
  expect(await findReferences(source, shopToStore)).toContain('No column')
})

test('looks for them in all kinds that move rows to other names, and only there', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query('create table refs (id int primary key, r regclass)')
  const renames = [{ schema: 'public', table: 'refs', toTable: 'references' }]
  const looks = async (structure: boolean, rows: boolean, rules: readonly RenameRule[]) => {
    const kind = { structure, fullCopy: rows, incremental: rows }
    const report = await verify(source, target, {
      kind,
      selection: { include: [], exclude: [], renames: rules },
    })
    return namesOf(report).includes('renamed-references')
  }
  expect(await looks(true, true, renames)).toBe(true)
  expect(await looks(false, true, renames)).toBe(true)
  expect(await looks(true, false, renames)).toBe(false)
  expect(await looks(true, true, [])).toBe(false)
})
