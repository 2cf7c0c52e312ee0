import type { Session } from '../endpoint/index.ts'
import type { SelectedObjects } from '../selection/index.ts'
import { findConstants } from './renamed-constants.ts'
import { isRenamed, schemaNames } from './target-names.ts'

/** By what they are of (`routine`): names of what has text in which names stand. For people. */
export type RenamedTexts = ReadonlyMap<string, readonly string[]>

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

/** Finds text on the source that names what has another name on the target: the pattern of a name, no more. */
export async function findTexts(source: Session, selected: SelectedObjects): Promise<RenamedTexts> {
  const patterns = [true, false].flatMap((folded) => writePatterns(selected, folded))
  const routines = await source.query<{ name: string }>(routinesSql, [selected.schemas, patterns])
  const constants = await findConstants(source, selected, patterns)
  const found = [...routines.rows.map(({ name }) => ({ noun: 'routine', name })), ...constants]
  const byNoun = Map.groupBy(found, ({ noun }) => noun)
  return new Map([...byNoun].map(([noun, texts]) => [noun, texts.map(({ name }) => name)]))
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
