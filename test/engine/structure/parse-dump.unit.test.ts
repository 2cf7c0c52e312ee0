import { expect, test } from 'vitest'
import { parseDump } from '../../../engine/structure/parse-dump.ts'

function entry(id: number, name: string, type: string, sql: string, dependencies = ''): string {
  return `--
-- TOC entry ${id} (class 1255 OID ${id + 1000})
${dependencies}-- Name: ${name}; Type: ${type}; Schema: public; Owner: -
--

${sql}


`
}

const head = `--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\nSELECT pg_catalog.set_config('search_path', '', false);\n\n`
const tail = `-- Completed on 2026-11-20 16:56:41\n\n--\n-- PostgreSQL database dump complete\n--\n\n`

const lookalike = entry(99, 'gotcha', 'TABLE', 'DROP TABLE x;')

test.each([
  { name: 'a dollar-quoted body', sql: `CREATE FUNCTION f() AS $a$\n${lookalike}$a$;` },
  { name: 'a body in plain quotes', sql: `CREATE FUNCTION f() AS '\n${lookalike}''\n${lookalike}';` },
  { name: 'an escape string', sql: `CREATE FUNCTION f() AS E'\\'\n${lookalike}';` },
  { name: 'a quoted name', sql: `CREATE FUNCTION "f""\n${lookalike}"();` },
  { name: 'a block comment', sql: `CREATE FUNCTION f() /* /* */\n${lookalike}*/ AS $$ $$;` },
  { name: 'a dollar inside a word', sql: `SELECT a$a$, '\n${lookalike}', b$a$;` },
  { name: 'tags that differ', sql: `SELECT $ä$ $$ $b$\n${lookalike}$ä$;` },
  { name: 'a parameter', sql: `SELECT $1, '\n${lookalike}', $1;` },
])('what looks like an entry is none inside of $name', ({ sql }) => {
  const entries = parseDump(
    head + entry(1, 'f()', 'FUNCTION', sql) + entry(2, 'g()', 'FUNCTION', 'SELECT 2;') + tail,
  )
  expect(entries.map(({ id, sql: found }) => [id, found])).toEqual([
    [1, sql],
    [2, 'SELECT 2;'],
  ])
})

test('what is said of an entry is read', () => {
  const [found] = parseDump(
    head + entry(7, 't', 'COMMENT', "COMMENT ON t IS 'x';", '-- Dependencies: 3 12\n') + tail,
  )
  expect(found).toEqual({
    id: 7,
    classOid: 1255,
    oid: 1007,
    type: 'COMMENT',
    schema: 'public',
    name: 't',
    dependencies: [3, 12],
    sql: "COMMENT ON t IS 'x';",
    statements: 1,
  })
})

test('a name that looks like the rest of a header is a name', () => {
  const name = 'a; Type: VIEW; Schema: s; Owner: -'
  const [found] = parseDump(entry(1, name, 'TABLE', 'SELECT 1;') + tail)
  expect(found).toMatchObject({ name, type: 'TABLE', schema: 'public' })
})

test('entries without a statement, and what is between entries, are left out', () => {
  const script = `${head}${entry(1, 'public', 'SCHEMA', '-- *not* creating schema, since initdb creates it')}SET default_table_access_method = "heap";\n\n${entry(2, 't', 'TABLE', 'CREATE TABLE t ();')}${tail}`
  expect(parseDump(script).map(({ id, sql }) => [id, sql])).toEqual([[2, 'CREATE TABLE t ();']])
})

test('an access method other than heap is set for its tables', () => {
  const setting = (method: string) => `SET default_table_access_method = ${method};\n\n`
  const table = (id: number) => entry(id, 't', 'TABLE', `CREATE TABLE t${id} ();`)
  const script = head + setting('"heap"') + table(1) + setting('"columnar"') + table(2) + table(3) + tail
  expect(parseDump(script).map(({ sql }) => sql)).toEqual([
    'CREATE TABLE t1 ();',
    'SET LOCAL default_table_access_method = "columnar";\nCREATE TABLE t2 ();',
    'SET LOCAL default_table_access_method = "columnar";\nCREATE TABLE t3 ();',
  ])
})

test('an empty dump has no entries', () => {
  expect(parseDump(head + tail)).toEqual([])
})
