import { expect, test } from 'vitest'
import { takeOver } from '../../../engine/bookkeeping/index.ts'
import { alignSequences } from '../../../engine/cutover/index.ts'
import { allSorts, namedObjectsSql, sameNames } from '../../support/renaming.ts'
import { selectAll } from '../../support/select-all.ts'
import { createCutoverFixture } from './fixture.ts'

type Fixture = Awaited<ReturnType<typeof createCutoverFixture>>

async function align(
  { sourceSession, targetSession, guard }: Fixture,
  margin: bigint,
  { renames } = sameNames,
): Promise<number> {
  const { sequences } = await selectAll(sourceSession, renames)
  return await alignSequences(sourceSession, targetSession, guard, sequences, margin)
}

const nextval = async ({ target }: Fixture, name: string) =>
  (await target.query<{ next: string }>('select nextval($1)::text as next', [name])).rows[0]!.next

test('sets sequences of all sorts, owned or not, one margin further', async () => {
  await using fixture = await createCutoverFixture(`
    create table t (id serial primary key, other bigint generated always as identity);
    create sequence free;
    create sequence down increment by -3 maxvalue -1 minvalue -1000;
    create sequence round maxvalue 10 cycle;
    create sequence untouched start 42;
    create sequence reset start 5;
    create sequence "Odd ""name"".é";
    create sequence big as bigint;`)
  await fixture.source.query(`
    insert into t select from generate_series(1, 9);
    select setval('free', 1000);
    select setval('down', -100);
    select setval('round', 10);
    select setval('reset', 77, false);
    select setval('"Odd ""name"".é"', 3);
    select setval('big', 9007199254740993);`)
  expect(await align(fixture, 10n)).toBe(9)
  const next = {
    serial: await nextval(fixture, 't_id_seq'),
    identity: await nextval(fixture, 't_other_seq'),
    free: await nextval(fixture, 'free'),
    down: await nextval(fixture, 'down'),
    round: await nextval(fixture, 'round'),
    untouched: await nextval(fixture, 'untouched'),
    reset: await nextval(fixture, 'reset'),
    odd: await nextval(fixture, '"Odd ""name"".é"'),
    big: await nextval(fixture, 'big'),
  }
  expect(next).toEqual({
    serial: '20',
    identity: '20',
    free: '1011',
    down: '-133',
    round: '1',
    untouched: '42',
    reset: '77',
    odd: '14',
    big: '9007199254741004',
  })
})

test('sets more sequences than go into one statement', async () => {
  const names = Array.from({ length: 450 }, (_, index) => `s${index}`)
  await using fixture = await createCutoverFixture(names.map((name) => `create sequence ${name};`).join(''))
  await fixture.source.query(names.map((name, index) => `select setval('${name}', ${index + 1});`).join(''))
  expect(await align(fixture, 0n)).toBe(450)
  expect(await nextval(fixture, 's0')).toBe('2')
  expect(await nextval(fixture, 's449')).toBe('451')
})

test('sets nothing as a former owner', async () => {
  await using fixture = await createCutoverFixture('create sequence s')
  await fixture.source.query(`select setval('s', 50)`)
  await takeOver(fixture.targetSession, { ...fixture.guard, epoch: 2n })
  await expect(align(fixture, 0n)).rejects.toMatchObject({ code: 'LEASE_LOST' })
  expect(await nextval(fixture, 's')).toBe('1')
})

test('names a sequence that the target does not have', async () => {
  await using fixture = await createCutoverFixture('create sequence s')
  await fixture.source.query('create sequence "not there"')
  await expect(align(fixture, 0n)).rejects.toMatchObject({
    code: 'STATEMENT_FAILED',
    message: expect.stringContaining('not there'),
  })
})

test('sets sequences that the target calls otherwise', async () => {
  await using fixture = await createCutoverFixture(namedObjectsSql, allSorts)
  await fixture.source.query(`
    select setval('app.numbers', 100);
    select setval('app.orders_id_seq', 200);
    select setval('letters_id_seq', 300);`)
  expect(await align(fixture, 0n, allSorts)).toBe(3)
  expect(await nextval(fixture, '"Shop ""x"".y".numbers')).toBe('101')
  expect(await nextval(fixture, '"Shop ""x"".y".orders_id_seq')).toBe('201')
  expect(await nextval(fixture, 'archive.letters_id_seq')).toBe('301')
})

const orders = { schema: 'public', table: 'orders', toTable: 'items' }
const items = { schema: 'public', table: 'items', toTable: 'orders' }

/** A target whose tables people have made themselves: the server called their sequences after the tables. */
async function createOwnTarget(source: string, target: string): Promise<Fixture> {
  const fixture = await createCutoverFixture('select')
  await fixture.source.query(source)
  await fixture.target.query(target)
  return fixture
}

test('sets the sequences that the columns of the target own, whatever their names', async () => {
  const tables = 'create table orders (id serial primary key); create table items (id serial primary key)'
  await using fixture = await createOwnTarget(tables, tables)
  await fixture.source.query(`select setval('orders_id_seq', 10); select setval('items_id_seq', 5000)`)
  expect(await align(fixture, 0n, { ...sameNames, renames: [orders, items] })).toBe(2)
  expect(await nextval(fixture, 'items_id_seq')).toBe('11')
  expect(await nextval(fixture, 'orders_id_seq')).toBe('5001')
})

test('sets the sequence of an identity column for that of a serial one, and those without an owner by name', async () => {
  await using fixture = await createOwnTarget(
    `create table orders (id serial primary key, b int);
     create sequence loose; alter table orders alter b set default nextval('loose');
     create table plain (id serial primary key)`,
    `create table items (id int generated by default as identity primary key, b int); create sequence loose;
     create table plain (id int primary key); create sequence plain_id_seq`,
  )
  await fixture.source.query(`
    select setval('orders_id_seq', 10); select setval('loose', 20); select setval('plain_id_seq', 30)`)
  expect(await align(fixture, 0n, { ...sameNames, renames: [orders] })).toBe(3)
  expect(await nextval(fixture, 'items_id_seq')).toBe('11')
  expect(await nextval(fixture, 'loose')).toBe('21')
  expect(await nextval(fixture, 'plain_id_seq')).toBe('31')
})

test('of the sequences that one column owns, sets each by its name, and none in place of another', async () => {
  const owned = (name: string) => `create sequence ${name} owned by t.id;`
  await using fixture = await createOwnTarget(
    `create table t (id int primary key); ${owned('one')} ${owned('two')}`,
    `create table t (id int primary key); ${owned('two')} ${owned('one')}`,
  )
  await fixture.source.query(`select setval('one', 10); select setval('two', 20)`)
  expect(await align(fixture, 0n)).toBe(2)
  expect(await nextval(fixture, 'one')).toBe('11')
  expect(await nextval(fixture, 'two')).toBe('21')
  await fixture.target.query('drop sequence one')
  await expect(align(fixture, 5n)).rejects.toMatchObject({
    code: 'STATEMENT_FAILED',
    message: expect.stringContaining('no sequence "public"."one"'),
  })
  expect(await nextval(fixture, 'two')).toBe('22')
})
