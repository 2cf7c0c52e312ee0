import { expect, test } from 'vitest'
import { renameSql, type TargetNames } from '../../../engine/structure/rename-sql.ts'

/** Schema `a` becomes `A "x"`, its table `t` becomes `u` there; `ext` is no object of its own. */
const names: TargetNames = {
  ofSchema: (schema) => (schema === 'a' ? 'A "x"' : schema),
  ofObject: ({ schema, name }) =>
    schema !== 'a' || name === 'ext'
      ? { schema, name }
      : { schema: 'A "x"', name: name === 't' ? 'u' : name },
}

function rename(type: string, sql: string): string {
  const entry = {
    id: 1,
    classOid: 0,
    oid: 0,
    type,
    schema: null,
    name: '',
    dependencies: [],
    sql,
    statements: 1,
  }
  return renameSql(entry, names)
}

test.each([
  { what: 'a table', sql: 'CREATE TABLE "a"."t" (', renamed: 'CREATE TABLE "A ""x"""."u" (' },
  { what: 'a column behind it', sql: '"a"."t"."a"', renamed: '"A ""x"""."u"."a"' },
  { what: 'what belongs to an extension', sql: '"c" "a"."ext"', renamed: '"c" "a"."ext"' },
  { what: 'what only ends like it', sql: '"x ""a"."t"', renamed: '"x ""a"."t"' },
  { what: 'an operator', sql: 'OPERATOR("a".<->)', renamed: 'OPERATOR("A ""x""".<->)' },
  { what: 'a schema', sql: `COMMENT ON SCHEMA "a" IS 'a'`, renamed: `COMMENT ON SCHEMA "A ""x""" IS 'a'` },
  {
    what: 'a sequence by its name',
    sql: `"nextval"('"a"."t''s"'::"regclass")`,
    renamed: `"nextval"('"A ""x"""."t''s"'::"regclass")`,
  },
  {
    what: 'a function by its name',
    sql: `'"a"."f"(integer)'::"regprocedure"`,
    renamed: `'"A ""x"""."f"(integer)'::"regprocedure"`,
  },
  {
    what: 'the types of its arguments',
    sql: `'"b"."f"("a"."t","a"."s"[])'::"regprocedure"`,
    renamed: `'"b"."f"("A ""x"""."u","A ""x"""."s"[])'::"regprocedure"`,
  },
  {
    what: 'an operator by its name',
    sql: `'"a".+("a"."t",int)'::"regoperator"`,
    renamed: `'"A ""x""".+("A ""x"""."u",int)'::"regoperator"`,
  },
  { what: 'a schema by its name', sql: `'"a"'::"regnamespace"`, renamed: `'"A ""x"""'::"regnamespace"` },
  {
    what: 'a whole row of the table',
    sql: 'CREATE INDEX "t" ON "a"."t" ("f"("t".*), "s".*)',
    renamed: 'CREATE INDEX "t" ON "A ""x"""."u" ("f"("u".*), "s".*)',
  },
  {
    what: 'an array of other names',
    sql: `'{"\\"b\\".\\"t\\""}'::"regclass"[]`,
    renamed: `'{"\\"b\\".\\"t\\""}'::"regclass"[]`,
  },
  { what: 'text', sql: `'"a"."t"'::"text"`, renamed: `'"a"."t"'::"text"` },
  { what: 'text with escapes', sql: `E'\\\\'"a"."t"'`, renamed: `E'\\\\'"A ""x"""."u"'` },
  { what: 'text after a quote', sql: `'it''"a"."t"'`, renamed: `'it''"a"."t"'` },
  { what: 'the body of a function', sql: 'AS $_$ "a"."t" $_$', renamed: 'AS $_$ "a"."t" $_$' },
])('$what', ({ sql, renamed }) => {
  expect(rename('TABLE', sql)).toBe(renamed)
})

test('an array with a name that the target does not know is refused', () => {
  expect(() => rename('TABLE', `DEFAULT '{"\\"a\\".\\"t\\""}'::"regclass"[]`)).toThrowError(
    /holds the name of something that is called otherwise on the target/,
  )
})

test.each([
  { what: 'an extension', type: 'EXTENSION', sql: 'CREATE EXTENSION "e" WITH SCHEMA "a";' },
  { what: 'its schema', type: 'SCHEMA', sql: 'CREATE SCHEMA "a";' },
])('$what stays', ({ type, sql }) => {
  expect(rename(type, sql)).toBe(sql)
})

const select = 'SELECT "c"'
const table = '"A ""x"""."u"'
test.each([
  { what: 'a table', sql: 'FROM "a"."t"', renamed: `FROM ${table} AS "t"` },
  { what: 'one with another name', sql: 'FROM "a"."t" "x"', renamed: `FROM ${table} "x"` },
  { what: 'one of a list', sql: 'FROM "b"."c", "a"."t"', renamed: `FROM "b"."c", ${table} AS "t"` },
  {
    what: 'one that is joined',
    sql: 'FROM ("b"."c" JOIN "a"."t" USING ("a"))',
    renamed: `FROM ("b"."c" JOIN ${table} AS "t" USING ("a"))`,
  },
  {
    what: 'one that is joined behind USING',
    sql: 'USING ("a"."t" JOIN "b"."c" ON ("x"))',
    renamed: `USING (${table} AS "t" JOIN "b"."c" ON ("x"))`,
  },
  {
    what: 'the column of a part of a value',
    sql: 'EXTRACT(year FROM "a"."t")',
    renamed: 'EXTRACT(year FROM "a"."t")',
  },
  { what: 'the value of a pair', sql: `JSON_OBJECT('k' : "a"."t")`, renamed: `JSON_OBJECT('k' : "a"."t")` },
  {
    what: 'the type of an answer',
    sql: `JSON_VALUE("c", 'x' RETURNING "a"."s")`,
    renamed: `JSON_VALUE("c", 'x' RETURNING "A ""x"""."s")`,
  },
  { what: 'one behind a function', sql: 'FROM "f"("x"), "a"."t"', renamed: `FROM "f"("x"), ${table} AS "t"` },
  {
    what: 'the column of an alias',
    sql: 'FROM "a"."t" "a" WHERE "a"."t"',
    renamed: `FROM ${table} "a" WHERE "a"."t"`,
  },
  { what: 'a column in a list', sql: ', ("a"."t"), "a"."t"', renamed: ', ("a"."t"), "a"."t"' },
  { what: 'a column that is compared', sql: 'IS DISTINCT FROM "a"."t"', renamed: 'IS DISTINCT FROM "a"."t"' },
  {
    what: 'the argument of a function there',
    sql: 'FROM "f"("a"."t", "a"."t")',
    renamed: 'FROM "f"("a"."t", "a"."t")',
  },
  { what: 'a function', sql: 'WHERE "a"."f"("a"."t")', renamed: 'WHERE "A ""x"""."f"("a"."t")' },
  { what: 'a type', sql: `'x'::"a"."s"`, renamed: `'x'::"A ""x"""."s"` },
  {
    what: 'the type of a column',
    sql: 'FROM "f"() "r"("c" "a"."s")',
    renamed: 'FROM "f"() "r"("c" "A ""x"""."s")',
  },
  { what: 'a collation', sql: '"c" COLLATE "a"."s"', renamed: '"c" COLLATE "A ""x"""."s"' },
])('in a query, $what', ({ sql, renamed }) => {
  expect(rename('VIEW', `CREATE VIEW "a"."v" AS ${select} ${sql}`)).toBe(
    `CREATE VIEW "A ""x"""."v" AS ${select} ${renamed}`,
  )
})

test('in a function, types before its body and tables in it', () => {
  const sql =
    'CREATE FUNCTION "a"."f"("a"."t", "x" "a"."t"[]) LANGUAGE "sql" BEGIN ATOMIC SELECT "t"."a" FROM "a"."t"; END'
  expect(rename('FUNCTION', sql)).toBe(
    `CREATE FUNCTION "A ""x"""."f"(${table}, "x" ${table}[]) LANGUAGE "sql" BEGIN ATOMIC SELECT "t"."a" FROM ${table} AS "t"; END`,
  )
})
