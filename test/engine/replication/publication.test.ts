import { expect, test } from 'vitest'
import { createPublication, dropPublication } from '../../../engine/replication/index.ts'
import { resolveSelection, wholeDatabase } from '../../../engine/selection/index.ts'
import { createDatabase, createRole, type TestDatabase } from '../../support/servers.ts'

const name = 'Godwit "quoted" \\ name'

async function publish(source: TestDatabase): Promise<void> {
  const session = await source.connect()
  await createPublication(session, { name, selected: await resolveSelection(session, wholeDatabase) })
}

async function published(source: TestDatabase): Promise<string[]> {
  const { rows } = await source.query<{ title: string }>(
    `select schemaname || '.' || tablename as title from pg_publication_tables where pubname = $1 order by 1`,
    [name],
  )
  return rows.map(({ title }) => title)
}

test('the selected tables are published with all their changes, under the names of those that hold the rows', async () => {
  await using source = await createDatabase('source')
  await source.query(`create schema "S.1"; create table "S.1"."a ""b""" (id int primary key);
    create table full_identity (n int); alter table full_identity replica identity full;
    create unlogged table scratch (id int primary key);
    create table parent (id int primary key); create table child (primary key (id)) inherits (parent);
    create table p (id int primary key) partition by range (id);
    create table p_1 partition of p for values from (0) to (10)`)
  await publish(source)
  expect(await published(source)).toEqual([
    'S.1.a "b"',
    'public.child',
    'public.full_identity',
    'public.p_1',
    'public.parent',
  ])
  const { rows } = await source.query(
    'select pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot from pg_publication',
  )
  expect(rows).toEqual([
    { pubinsert: true, pubupdate: true, pubdelete: true, pubtruncate: true, pubviaroot: false },
  ])
})

test('a partition that is made later is published too', async () => {
  await using source = await createDatabase('source')
  await source.query('create table p (id int primary key) partition by range (id)')
  await publish(source)
  await source.query('create table p_1 partition of p for values from (0) to (10)')
  expect(await published(source)).toEqual(['public.p_1'])
})

test('a publication of the same name is replaced', async () => {
  await using source = await createDatabase('source')
  await source.query('create table a (id int primary key)')
  await publish(source)
  await source.query('drop table a; create table b (id int primary key)')
  await publish(source)
  expect(await published(source)).toEqual(['public.b'])
})

test('thousands of tables are published', async () => {
  await using source = await createDatabase('source')
  await source.query(
    `do $$ begin for i in 1..1201 loop execute format('create table t%s (id int primary key)', i);
       if i % 300 = 0 then commit; end if; end loop; end $$`,
  )
  await publish(source)
  expect(await published(source)).toHaveLength(1201)
})

test('an empty selection is a publication of nothing', async () => {
  await using source = await createDatabase('source')
  await publish(source)
  expect((await source.query('select pubname from pg_publication')).rows).toEqual([{ pubname: name }])
})

test.each([
  { identity: 'default', sql: 'select' },
  {
    identity: 'nothing',
    sql: 'alter table keyless add primary key (n); alter table keyless replica identity nothing',
  },
  {
    identity: 'of a generated column',
    sql: `drop table keyless; create table keyless (n int, g int generated always as (n + 1) stored primary key)`,
  },
])(
  'a table whose updates would begin to fail is refused, and nothing is published: $identity',
  async ({ sql }) => {
    await using source = await createDatabase('source')
    await source.query('create table keyless (n int); create table t (id int primary key)')
    await source.query(sql)
    await expect(publish(source)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      remedy: expect.stringContaining('ALTER TABLE "public"."keyless" REPLICA IDENTITY FULL'),
    })
    await source.query('update keyless set n = 1')
    expect((await source.query('select from pg_publication')).rowCount).toBe(0)
  },
)

test('a user who may not publish is told what to grant, and nothing stays', async () => {
  await using role = await createRole('source')
  await using source = await createDatabase('source')
  await source.query('create table t (id int primary key)')
  const session = await source.connect({ user: role.user, password: role.password })
  const request = { name, selected: await resolveSelection(session, wholeDatabase) }
  const refused = {
    code: 'PERMISSION_DENIED',
    remedy: expect.stringMatching(
      `GRANT CREATE ON DATABASE "${source.name}" TO "${role.user}".*OWNER TO "${role.user}"`,
    ),
  }
  await expect(createPublication(session, request)).rejects.toMatchObject(refused)
  await source.query(`grant create on database ${source.name} to ${role.user}`)
  await expect(createPublication(session, request)).rejects.toMatchObject(refused)
  await source.query(`alter table t owner to ${role.user}`)
  await createPublication(session, request)
  expect(await published(source)).toEqual(['public.t'])
})

test('dropping a publication that is not there is fine', async () => {
  await using source = await createDatabase('source')
  const session = await source.connect()
  await publish(source)
  await dropPublication(session, name)
  await dropPublication(session, name)
  expect((await source.query('select from pg_publication')).rowCount).toBe(0)
})
