import { ApiError } from '../client/index.ts'
import type { OpenView } from '../slack/index.ts'
import { tidy } from '../views/escape.ts'
import { inputIds } from '../views/modals/ids.ts'
import { linesOf, type Refused } from './entered.ts'

/** Another name on the target, for a schema or for one table, as the API takes it. */
export interface Rename {
  readonly schema: string
  readonly table?: string
  readonly toSchema?: string
  readonly toTable?: string
}

/** A rule, and the line on which it was typed, from 1. */
export interface TypedRename {
  readonly line: number
  readonly rename: Rename
}

/**
 * What was typed into the input for names, a rule a line, in the grammar that docs/slack.md tells:
 *
 *     public -> crm
 *     public.orders -> sales
 *     public."Order Items" -> crm.order_items
 */
export function readRenames(view: OpenView): readonly TypedRename[] | Refused {
  const typed: TypedRename[] = []
  for (const [index, text] of linesOf(view, inputIds.renames).entries()) {
    if (text.trim() === '') continue
    const line = index + 1
    const read = parseRename(text)
    if ('why' in read) {
      const { why, example } = read
      return { errors: { [inputIds.renames]: `Line ${line}: ${why}. Write it like ${example}` } }
    }
    typed.push({ line, rename: read })
  }
  return typed
}

/** What the API says of a rule, said of its line. */
export function aboutLine(error: ApiError, typed: readonly TypedRename[]): ApiError {
  const [place, position] = /^selection\.renames\[(\d+)\]/.exec(error.field ?? '') ?? []
  const line = typed[Number(position)]?.line
  if (place === undefined || line === undefined) return error
  const { code, message, remedy, field } = error
  return new ApiError({ code, message: message.replace(place, `Line ${line}`), remedy, field })
}

interface Unreadable {
  /** A sentence without its full stop. */
  readonly why: string
  readonly example: string
}

const ofSchema = 'public -> crm'
const ofTable = 'public.orders -> crm.sales'
const quoted = 'public."Order Items" -> crm.order_items'

type Token =
  | { readonly kind: 'arrow' | 'dot' }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'unreadable'; readonly why: string }

const arrow = String.raw`[-–—=]+>|[→⇒➔➜]`
/** With which phones replace straight ones. */
const curly = '“”„‟'
const tokens = new RegExp(
  [
    `(?<arrow>${arrow})`,
    String.raw`(?<dot>\.)`,
    `"(?<straight>(?:[^"]|"")*)"`,
    `[${curly}](?<curly>(?:[^"${curly}]|["${curly}]{2})*)["${curly}]`,
    `(?<open>["${curly}].*)`,
    `(?<bare>(?:(?!${arrow})[^\\s."${curly}])+)`,
  ].join('|'),
  'gu',
)

/** Names without quotes are in lower case, as PostgreSQL takes them. */
function toToken({ groups = {} }: RegExpExecArray): Token {
  const { dot, straight, curly: between, open, bare } = groups
  if (straight !== undefined) return inQuotes(straight.replaceAll('""', '"'))
  if (between !== undefined) return inQuotes(between.replaceAll(new RegExp(`["${curly}]{2}`, 'gu'), '"'))
  if (open !== undefined) return { kind: 'unreadable', why: `the quotes do not end at ${shown(open)}` }
  if (bare === undefined) return { kind: dot === undefined ? 'arrow' : 'dot' }
  if (/^[\p{L}_][\p{L}\p{M}\p{N}_$]*$/u.test(bare))
    return { kind: 'name', name: bare.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()) }
  return { kind: 'unreadable', why: `${shown(bare)} needs double quotes, if it is a name` }
}

function inQuotes(name: string): Token {
  return name === '' ? { kind: 'unreadable', why: 'a name is empty' } : { kind: 'name', name }
}

function shown(text: string): string {
  return `“${tidy(text, 40)}”`
}

function parseRename(text: string): Rename | Unreadable {
  const noArrow = { why: 'there is no -> between the old and the new name', example: ofTable }
  if (!new RegExp(arrow, 'u').test(text)) return noArrow
  const found = Array.from(text.matchAll(tokens), toToken)
  const [at, second] = found.flatMap(({ kind }, index) => (kind === 'arrow' ? [index] : []))
  if (second !== undefined) return { why: 'there is more than one ->, and a rule has one', example: ofTable }
  for (const token of found) {
    if (token.kind === 'unreadable') return { why: token.why, example: quoted }
  }
  // It is within quotes.
  if (at === undefined) return noArrow
  const from = readPath(found.slice(0, at), 'before')
  if ('why' in from) return from
  const to = readPath(found.slice(at + 1), 'after')
  return 'why' in to ? to : toRename(from, to)
}

/** A name, or a schema and a table. */
interface Path {
  readonly first: string
  readonly second?: string
}

function readPath(side: readonly Token[], where: 'before' | 'after'): Path | Unreadable {
  const refuse = (why: string, example: string): Unreadable => ({ why: `${where} the -> ${why}`, example })
  const shape = side.map(({ kind }) => kind).join(' ')
  const [first, second] = side.flatMap((token) => (token.kind === 'name' ? [token.name] : []))
  if (first === undefined) return refuse('there is no name', ofTable)
  if (shape === 'name') return { first }
  if (shape === 'name dot name' && second !== undefined) return { first, second }
  if (shape.startsWith('name name') || shape.startsWith('name dot name name'))
    return refuse('there are two names without a dot; one with a blank needs double quotes', quoted)
  return refuse('there is more than a schema, a dot and a table', ofTable)
}

function toRename(from: Path, to: Path): Rename | Unreadable {
  if (from.second === undefined) {
    if (to.second === undefined) return { schema: from.first, toSchema: to.first }
    const why = `${shown(from.first)} is a schema, and would become a table`
    return { why, example: `${ofSchema}, or with a table before the ->` }
  }
  const rule = { schema: from.first, table: from.second }
  if (to.second === undefined) return { ...rule, toTable: to.first }
  return { ...rule, toSchema: to.first, toTable: to.second }
}
