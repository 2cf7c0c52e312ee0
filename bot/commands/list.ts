import { graphql, readPages, type VariablesOf } from '../client/index.ts'
import { activeStatuses, channelOf } from '../migrations/index.ts'
import type { ActionHandler, CommandHandler } from '../registry.ts'
import type { Turn } from '../turn.ts'
import {
  type MigrationLine,
  migrationLineFragment,
  migrationList,
  readButtonValue,
  refusal,
  unreadable,
} from '../views/index.ts'

const LinesQuery = graphql(
  `
    query MigrationLines($first: Int!, $after: String, $statuses: [MigrationStatus!]) {
      migrations(first: $first, after: $after, filter: { statuses: $statuses }) {
        edges {
          cursor
          node {
            ...MigrationLine
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [migrationLineFragment],
)

const shown = 10
const pageSize = 20

type LinesVariables = VariablesOf<typeof LinesQuery>
type MigrationStatus = NonNullable<LinesVariables['statuses']>[number]

interface Listed {
  readonly title: string
  readonly statuses: readonly MigrationStatus[] | null
  /** Those of the channel only. */
  readonly isHere?: boolean
}

/** By the word that stands in the value of its button for more. */
const lists = {
  here: { title: 'Active migrations in this channel', statuses: activeStatuses, isHere: true },
  active: { title: 'Active migrations', statuses: activeStatuses },
  all: { title: 'All migrations', statuses: null },
} as const satisfies Readonly<Record<string, Listed>>

type ListName = keyof typeof lists

/** Newest first: those that are not over, or with `all` every one. */
export const list: CommandHandler = {
  keeping: 'at once',
  async run(turn, [which]) {
    if (which === undefined || which.toLowerCase() === 'all')
      return showList(turn, which === undefined ? 'active' : 'all', null)
    await turn.tell(refusal({ ...notAList, message: `/migrate list ${which.slice(0, 60)} is no list.` }))
  },
}

const notAList = { remedy: 'Say /migrate list, or /migrate list all for those that are over, too.' }

/** What is running in the channel. */
export const bare: CommandHandler = {
  keeping: 'at once',
  run: (turn) => showList(turn, channelOf(turn) === null ? 'active' : 'here', null),
}

/** What follows what a list has shown. */
export const moreMigrations: ActionHandler = {
  keeping: 'at once',
  async run(turn, { value }) {
    const read = readButtonValue(value)
    const name = read?.c ?? ''
    if (read?.i === undefined || !isListName(name)) return turn.tell(unreadable)
    await showList(turn, name, read.i)
  },
}

function isListName(name: string): name is ListName {
  return Object.hasOwn(lists, name)
}

async function showList(turn: Turn, name: ListName, after: string | null): Promise<void> {
  const { title, statuses, isHere = false }: Listed = lists[name]
  const here = isHere ? channelOf(turn) : null
  const atHome = here === null ? null : await turn.homes.migrationsAt(here)
  const isOurs = await turn.reach.read()
  const found: Placed[] = []
  if (atHome?.size !== 0) {
    for await (const placed of readLines(turn, { statuses, after })) {
      const { shortId } = placed.line
      if ((atHome?.has(shortId) ?? true) && (await isOurs(shortId))) found.push(placed)
      if (found.length > shown) break
    }
  }
  const last = found.length > shown ? found[shown - 1] : undefined
  await turn.tell(
    migrationList(
      found.slice(0, shown).map(({ line }) => line),
      { title, more: last && { i: last.cursor, c: name }, hasAll: name === 'all' },
    ),
  )
}

interface Placed {
  readonly line: MigrationLine
  readonly cursor: string
}

interface Range {
  /** Null: all. */
  readonly statuses: readonly MigrationStatus[] | null
  readonly after: string | null
}

/** Those of the workspace with one of the statuses, newest first. */
export async function* readOurs(
  turn: Pick<Turn, 'api' | 'reach'>,
  statuses: readonly MigrationStatus[],
): AsyncGenerator<MigrationLine> {
  const isOurs = await turn.reach.read()
  for await (const { line } of readLines(turn, { statuses, after: null }))
    if (await isOurs(line.shortId)) yield line
}

async function* readLines({ api }: Pick<Turn, 'api'>, { statuses, after }: Range): AsyncGenerator<Placed> {
  const all = { first: pageSize, statuses: statuses === null ? null : [...statuses] }
  const read = async (place: string | null) =>
    (await api.execute(LinesQuery, { ...all, after: place })).migrations
  for await (const { edges } of readPages(read, after))
    for (const { node, cursor } of edges) yield { line: node, cursor }
}
