import type { QualifiedName } from '../catalog/index.ts'
import { GodwitError } from '../errors.ts'
import { quoteIdent, quoteQualified } from '../postgres/index.ts'
import type { StructureEntry } from './parse-dump.ts'
import { quoted, unquote } from './quoted-names.ts'
import { QueryPlace } from './query-place.ts'
import { endOfToken } from './sql-tokens.ts'

/** What objects and schemas of the source are called on the target. */
export interface TargetNames {
  readonly ofObject: (object: QualifiedName) => QualifiedName
  readonly ofSchema: (schema: string) => string
}

const identifier = new RegExp(quoted, 'y')
/** Operators are not quoted. */
const qualifiedName = new RegExp(String.raw`${quoted}\.(?:${quoted}|([-+*/<>=~!@#%^&|\`?]+))`, 'y')
const qualifiedNames = new RegExp(qualifiedName.source, 'g')
/** A constant of regclass or one of its kind, or an array: the server prints the names of objects in it. */
const objectConstant = /'((?:[^']|'')*)'(?=::"(reg\w+)"(\[\])?)/y
const wholeRow = new RegExp(String.raw`${quoted}(?=\.\*)`, 'y')
const schemaName = new RegExp(`SCHEMA ${quoted}`, 'y')

/** An extension stays where it is, and its schema with it. */
const keepsSchema: ReadonlySet<string> = new Set(['EXTENSION', 'SCHEMA'])
/** Entries that are queries, in which columns are called by the name of their table. */
const queries: ReadonlySet<string> = new Set(['MATERIALIZED VIEW', 'POLICY', 'RULE', 'VIEW'])
/** Of a function, with what its body begins where that is not text. */
const bodyStarts: ReadonlySet<string> = new Set(['BEGIN', 'RETURN'])
const otherName = /\s*(?:AS\s+)?"/y

/**
 * The statements of an entry with the names of the target. In a dump each name of an object is quoted and has its
 * schema before it. A column may look so, too, in queries, where its table is called like the schema. Bodies of
 * functions that are text to the server stay as they are.
 */
export function renameSql({ type, sql }: StructureEntry, names: TargetNames): string {
  const place = new QueryPlace()
  let inQuery = queries.has(type)
  let subject: Renaming | null = null
  let renamed = ''
  for (let at = 0; at < sql.length;) {
    const row: Renamed | null = inQuery ? null : renameWholeRow(sql, at, subject)
    const object: RenamedObject | null =
      row === null ? renameObject(sql, at, { names, place, inQuery }) : null
    if (object !== null && !inQuery && place.ofSubject) subject = object.renaming
    const { end, text } =
      row ??
      object ??
      renameConstant(sql, at, names) ??
      (keepsSchema.has(type) ? null : renameSchema(sql, at, names)) ??
      keepToken(sql, at)
    if (bodyStarts.has(text)) inQuery = true
    place.pass(text)
    renamed += text
    at = end
  }
  return renamed
}

interface Renamed {
  /** Where it ends in the statements as they were. */
  readonly end: number
  readonly text: string
}

interface Renaming {
  readonly from: QualifiedName
  readonly to: QualifiedName
}

interface RenamedObject extends Renamed {
  readonly renaming: Renaming
}

interface Naming {
  readonly names: TargetNames
  readonly place: QueryPlace
  readonly inQuery: boolean
}

function renameObject(sql: string, at: number, { names, place, inQuery }: Naming): RenamedObject | null {
  const match = matchAt(qualifiedName, sql, at)
  if (match === null) return null
  const [whole, schema, name, operator] = match
  const end = at + whole.length
  const from = { schema: unquote(schema), name: operator ?? unquote(name) }
  const isObject = !inQuery || place.ofTable || place.ofObject || sql[end] === '(' || operator !== undefined
  const to = isObject ? names.ofObject(from) : from
  const text = write(to, operator)
  const needsName = to.name !== from.name && inQuery && place.ofTable && matchAt(otherName, sql, end) === null
  return { end, text: needsName ? `${text} AS ${quoteIdent(from.name)}` : text, renaming: { from, to } }
}

/** Where there is no query, only the table that the statement is about can be called by its name alone. */
function renameWholeRow(sql: string, at: number, subject: Renaming | null): Renamed | null {
  const match = matchAt(wholeRow, sql, at)
  if (match === null || unquote(match[1]) !== subject?.from.name) return null
  return { end: at + match[0].length, text: quoteIdent(subject.to.name) }
}

function renameConstant(sql: string, at: number, names: TargetNames): Renamed | null {
  const match = matchAt(objectConstant, sql, at)
  if (match === null) return null
  const content = (match[1] ?? '').replaceAll("''", "'")
  const [, , type, array] = match
  if (array !== undefined) assertKept(content, names)
  const renamed = type === 'regnamespace' ? renameNamespace(content, names) : renameAll(content, names)
  return { end: at + match[0].length, text: `'${renamed.replaceAll("'", "''")}'` }
}

function renameNamespace(content: string, { ofSchema }: TargetNames): string {
  const match = /^"((?:[^"]|"")+)"$/.exec(content)
  return match === null ? content : quoteIdent(ofSchema(unquote(match[1])))
}

function renameAll(content: string, names: TargetNames): string {
  return content.replaceAll(qualifiedNames, (_, schema: string, name?: string, operator?: string) => {
    const object = { schema: unquote(schema), name: operator ?? unquote(name) }
    return write(names.ofObject(object), operator)
  })
}

function write({ schema, name }: QualifiedName, operator: string | undefined): string {
  return operator === undefined ? quoteQualified(schema, name) : `${quoteIdent(schema)}.${operator}`
}

/** @throws GodwitError STRUCTURE_FAILED for an array with a name in it that the target does not know */
function assertKept(content: string, names: TargetNames): void {
  const elements = content.replaceAll(/\\(.)/g, '$1')
  if (renameAll(elements, names) === elements) return
  throw new GodwitError(
    'STRUCTURE_FAILED',
    `The array ${content} holds the name of something that is called otherwise on the target.`,
    { remedy: 'Let it keep its name, or write the array otherwise on the source.' },
  )
}

function renameSchema(sql: string, at: number, { ofSchema }: TargetNames): Renamed | null {
  const match = matchAt(schemaName, sql, at)
  return match && { end: at + match[0].length, text: `SCHEMA ${quoteIdent(ofSchema(unquote(match[1])))}` }
}

function keepToken(sql: string, at: number): Renamed {
  const end = at + (matchAt(identifier, sql, at)?.[0].length ?? endOfToken(sql, at) - at)
  return { end, text: sql.slice(at, end) }
}

function matchAt(pattern: RegExp, sql: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(sql)
}
