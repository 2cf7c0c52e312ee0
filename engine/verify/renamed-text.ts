import type { Session } from '../endpoint/index.ts'
import type { SelectedObjects } from '../selection/index.ts'
import { isRenamed, schemaNames } from './target-names.ts'

/** Of routines, and of columns with a default, in which names stand as text. For people. */
export interface RenamedTexts {
  readonly routines: readonly string[]
  readonly defaults: readonly string[]
}

/**
 * Of the languages of the server itself only that of SQL holds text. With an empty search_path routines print with
 * their schema.
 */
const routinesSql = `
  select p.oid::pg_catalog.regprocedure::text as name
    from pg_catalog.pg_proc p
    join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    join pg_catalog.pg_language l on l.oid = p.prolang
   where n.nspname = any($1::text[])
     and pg_catalog.concat_ws(';', case when l.lanispl or l.lanname = 'sql' then p.prosrc end,
                              pg_catalog.array_to_string(p.proconfig, ';')) ~ any($2::text[])
     and not exists (
       select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and e.objid = p.oid and e.deptype = 'e')
   order by 1`

/** Names in quotes, and constants with their type if this is regclass or one of its kind. */
const literals = `"(?:[^"]|"")*"|'(?:[^']|'')*'(?:::reg[a-z]+)?`

/** Of the constants of an expression, those of regclass and its kind are no text to the server. */
const defaultsSql = `
  select pg_catalog.format('%s.%s.%s', n.nspname, c.relname, a.attname) as name
    from pg_catalog.pg_attrdef d
    join pg_catalog.pg_class c on c.oid = d.adrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
   where d.adrelid = any($1::oid[])
     and exists (
       select from pg_catalog.regexp_matches(pg_catalog.pg_get_expr(d.adbin, d.adrelid), $3, 'g') as m(found)
        where found[1] like '''%' and found[1] !~ '::reg[a-z]+$' and found[1] ~ any($2::text[]))
   order by 1`

/** Finds text on the source that names what has another name on the target: the pattern of a name, no more. */
export async function findTexts(source: Session, selected: SelectedObjects): Promise<RenamedTexts> {
  const patterns = [true, false].flatMap((folded) => writePatterns(selected, folded))
  const routines = await source.query<{ name: string }>(routinesSql, [selected.schemas, patterns])
  const oids = selected.tables.map(({ oid }) => oid)
  const defaults = await source.query<{ name: string }>(defaultsSql, [oids, patterns, literals])
  return {
    routines: routines.rows.map(({ name }) => name),
    defaults: defaults.rows.map(({ name }) => name),
  }
}

const edge = '[^[:alnum:]_]'

/**
 * For names that need no quotes, and are the same in capitals (`folded`), or for the others. A schema is named before
 * a dot or in a search_path; a relation that does not just go with its schema, by its name alone.
 */
function writePatterns(selected: SelectedObjects, folded: boolean): string[] {
  const isMeant = (name: string) => needsNoQuotes(name) === folded
  const schemas = schemaNames(selected)
  const names = [...schemas.keys()].filter(isMeant)
  const relations = [...selected.tables, ...selected.sequences]
    .filter((relation) => isRenamed(relation) && isMeant(relation.name))
    .filter(({ schema, name, target }) => name !== target.name || schemas.get(schema) !== target.schema)
    .map(({ name }) => name)
  const word = (of: readonly string[]) => `(?:^|${edge})${oneOf(of)}(?:$|${edge})`
  const qualifier = folded ? `"?${oneOf(names)}"?` : `"${oneOf(names.map(doubleQuotes))}"`
  return [
    ...(names.length === 0 ? [] : [`(?:^|${edge})${qualifier}\\s*\\.`, `search_path[^;]*${word(names)}`]),
    ...(relations.length === 0 ? [] : [word(relations)]),
  ].map((pattern) => (folded ? `(?i)${pattern}` : pattern))
}

function needsNoQuotes(name: string): boolean {
  return /^[\p{Ll}\p{Lo}_][\p{Ll}\p{Lo}\d_$]*$/u.test(name)
}

function oneOf(names: readonly string[]): string {
  return `(?:${names.map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)).join('|')})`
}

function doubleQuotes(name: string): string {
  return name.replaceAll('"', '""')
}
