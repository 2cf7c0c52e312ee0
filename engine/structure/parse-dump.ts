import { GodwitError } from '../errors.ts'
import { endOfToken } from './sql-tokens.ts'

/** One entry of the table of contents of a dump, with the statements that make the object. */
export interface StructureEntry {
  /** Within one dump. */
  readonly id: number
  /** The catalog and the oid of the object on the source; the catalog is 0 for what is no object of its own. */
  readonly classOid: number
  readonly oid: number
  /** As pg_dump calls it: TABLE, FK CONSTRAINT, COMMENT … */
  readonly type: string
  /** Null: belongs to no schema. With line breaks as blanks. */
  readonly schema: string | null
  /** With line breaks as blanks; that of a constraint or trigger begins with its table's. */
  readonly name: string
  /** Entries without which this one makes no sense; given only where `classOid` is 0. */
  readonly dependencies: readonly number[]
  readonly sql: string
  /** Roughly: counts the semicolons between the tokens. */
  readonly statements: number
}

/**
 * What `pg_dump --verbose` writes before each entry. A name may hold what looks like the end of this, so that the
 * last possible one counts; line breaks in names are blanks here.
 */
const entryHeader = new RegExp(
  [
    String.raw`--\n-- TOC entry (?<id>\d+) \(class (?<classOid>\d+) OID (?<oid>\d+)\)\n`,
    String.raw`(?:-- Dependencies:(?<dependencies>[ \d]*)\n)?`,
    String.raw`-- Name: (?<name>[^\n]*); Type: (?<type>[A-Z ]+); Schema: (?<schema>[^\n]*); Owner: [^\n]*\n--\n`,
  ].join(''),
  'y',
)

/** Written between entries, before the first one that it matters to. */
const accessMethodSetting = /SET default_table_access_method = ([^\n]*);\n/y

/**
 * Reads the entries of a script of `pg_dump --verbose`, in its order, which is one that works. What is before the
 * first entry and what is for psql only is left out, and so are entries without a statement.
 */
export function parseDump(script: string): StructureEntry[] {
  const entries: StructureEntry[] = []
  let accessMethod: string | null = null
  let at = nextEntryStart(script, 0)
  while (at < script.length) {
    const header = matchAt(entryHeader, script, at)
    if (header === null)
      throw new GodwitError('INTERNAL', 'The table of contents of the dump cannot be read.')
    const text = readEntryText(script, at + header[0].length)
    if (text.sql !== '') entries.push(makeEntry(header, text, accessMethod))
    accessMethod = text.accessMethodAfter ?? accessMethod
    at = text.end
  }
  return entries
}

function matchAt(pattern: RegExp, script: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(script)
}

function isEntryStart(script: string, at: number): boolean {
  return script.startsWith('--\n-- TOC entry ', at)
}

function nextEntryStart(script: string, start: number): number {
  let at = start
  while (at < script.length && !isEntryStart(script, at)) at = endOfToken(script, at)
  return at
}

interface EntryText {
  readonly sql: string
  readonly statements: number
  /** Set between this entry and the next. */
  readonly accessMethodAfter: string | null
  readonly end: number
}

/** Reads up to the next entry, without the comments and settings that stand before that one. */
function readEntryText(script: string, start: number): EntryText {
  let sqlEnd = start
  let statements = 0
  let accessMethodAfter: string | null = null
  let at = start
  while (at < script.length && !isEntryStart(script, at)) {
    const setting = matchAt(accessMethodSetting, script, at)
    const end = setting === null ? endOfToken(script, at) : at + setting[0].length
    if (setting !== null) accessMethodAfter = setting[1] ?? null
    else if (!isBlankOrComment(script, at)) sqlEnd = end
    if (script[at] === ';') statements += 1
    at = end
  }
  return { sql: script.slice(start, sqlEnd).trim(), statements, accessMethodAfter, end: at }
}

function isBlankOrComment(script: string, at: number): boolean {
  return /\s/.test(script[at] ?? '') || script.startsWith('--', at) || script.startsWith('/*', at)
}

function makeEntry(header: RegExpExecArray, text: EntryText, accessMethod: string | null): StructureEntry {
  const { id, classOid, oid, type, name, schema, dependencies } = header.groups ?? {}
  const sql = text.sql.includes('pg_attver') ? dropAttributeVersions(text.sql) : text.sql
  return {
    id: Number(id),
    classOid: Number(classOid),
    oid: Number(oid),
    type: type ?? '',
    schema: schema === undefined || schema === '-' ? null : schema,
    name: name ?? '',
    dependencies: (dependencies ?? '').split(' ').filter(Boolean).map(Number),
    sql: hasAccessMethod(type) ? withAccessMethod(sql, accessMethod) : sql,
    statements: text.statements,
  }
}

function hasAccessMethod(type: string | undefined): boolean {
  return type === 'TABLE' || type === 'MATERIALIZED VIEW'
}

/** What is stored the usual way follows the default of the target, which may know no other. */
function withAccessMethod(sql: string, accessMethod: string | null): string {
  if (accessMethod === null || accessMethod === '"heap"' || accessMethod === 'heap') return sql
  return `SET LOCAL default_table_access_method = ${accessMethod};\n${sql}`
}

const columnOptions =
  /^(?<before>ALTER (?:FOREIGN )?TABLE ONLY [^\n]+ ALTER COLUMN [^\n]+ SET \()(?<options>[^()\n]*)\);\n?/gm

/**
 * Leaves out the server's own note `pg_attver` among the options of a column. The minor releases of November
 * 2026 keep it there; a pg_dump that is older prints it, and no server takes it back.
 */
function dropAttributeVersions(sql: string): string {
  return sql
    .replaceAll(columnOptions, (statement: string, before: string, options: string) => {
      const kept = options.split(', ').filter((option) => !option.startsWith('pg_attver='))
      if (kept.length === options.split(', ').length) return statement
      return kept.length === 0 ? '' : `${before}${kept.join(', ')});\n`
    })
    .trim()
}
