import type { QualifiedName } from '../catalog/index.ts'
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
const qualifiedStart = new RegExp(`^${qualifiedName.source}`)
/** A constant of regclass or one of its kind: the server prints the object's name in it. */
const objectConstant = /'((?:[^']|'')*)'(?=::"reg)/y
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
  let renamed = ''
  for (let at = 0; at < sql.length;) {
    const { end, text } =
      renameObject(sql, at, { names, place: inQuery ? place : null }) ??
      renameConstant(sql, at, names) ??
      (keepsSchema.has(type) ? null : renameSchema(sql, at, names)) ??
      keepToken(sql, at)
    if (bodyStarts.has(text)) inQuery = true
    if (inQuery) place.pass(text)
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

interface Naming {
  readonly names: TargetNames
  /** Null outside of queries. */
  readonly place: QueryPlace | null
}

function renameObject(sql: string, at: number, { names, place }: Naming): Renamed | null {
  const match = matchAt(qualifiedName, sql, at)
  if (match === null) return null
  const end = at + match[0].length
  const isCall = sql[end] === '('
  if (place !== null && !place.ofTable && !place.ofObject && !isCall && match[3] === undefined) {
    return { end, text: match[0] }
  }
  const text = renameMatch(match, names)
  const name = unquote(match[2])
  const keepsName = name === names.ofObject({ schema: unquote(match[1]), name }).name
  if (keepsName || !place?.ofTable || matchAt(otherName, sql, end) !== null) return { end, text }
  return { end, text: `${text} AS ${quoteIdent(name)}` }
}

function renameConstant(sql: string, at: number, names: TargetNames): Renamed | null {
  const match = matchAt(objectConstant, sql, at)
  if (match === null) return null
  const content = (match[1] ?? '').replaceAll("''", "'")
  const renamed = content.replace(qualifiedStart, (...found: string[]) => renameMatch(found, names))
  return { end: at + match[0].length, text: `'${renamed.replaceAll("'", "''")}'` }
}

function renameSchema(sql: string, at: number, { ofSchema }: TargetNames): Renamed | null {
  const match = matchAt(schemaName, sql, at)
  return match && { end: at + match[0].length, text: `SCHEMA ${quoteIdent(ofSchema(unquote(match[1])))}` }
}

function keepToken(sql: string, at: number): Renamed {
  const end = at + (matchAt(identifier, sql, at)?.[0].length ?? endOfToken(sql, at) - at)
  return { end, text: sql.slice(at, end) }
}

/** @param match of `qualifiedName` */
function renameMatch(
  [, schema, name, operator]: readonly (string | undefined)[],
  names: TargetNames,
): string {
  const found = names.ofObject({ schema: unquote(schema), name: operator ?? unquote(name) })
  return operator === undefined
    ? quoteQualified(found.schema, found.name)
    : `${quoteIdent(found.schema)}.${operator}`
}

function matchAt(pattern: RegExp, sql: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(sql)
}
