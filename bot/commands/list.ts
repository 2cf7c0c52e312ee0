import { graphql } from '../client/index.ts'
import { activeStatuses, channelOf } from '../migrations/index.ts'
import type { CommandHandler } from '../registry.ts'
import type { Turn } from '../turn.ts'
import { type MigrationLine, migrationLineFragment, migrationList } from '../views/index.ts'

const LinesQuery = graphql(
  `
    query MigrationLines($first: Int!, $after: String, $statuses: [MigrationStatus!]) {
      migrations(first: $first, after: $after, filter: { statuses: $statuses }) {
        nodes {
          ...MigrationLine
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

/** All that are not over, newest first. */
export const list: CommandHandler = {
  keeping: 'at once',
  async run(turn) {
    const title = 'Active migrations'
    await turn.tell(migrationList(...(await activeLines(turn, () => true, title))))
  },
}

/** What is running in the channel. */
export const bare: CommandHandler = {
  keeping: 'at once',
  async run(turn) {
    const here = channelOf(turn)
    if (here === null) return list.run(turn, [])
    const atHome = await turn.homes.migrationsAt(here)
    const isHere = ({ shortId }: MigrationLine) => atHome.has(shortId)
    const title = 'Active migrations in this channel'
    await turn.tell(
      atHome.size === 0
        ? migrationList([], { title, hasMore: false })
        : migrationList(...(await activeLines(turn, isHere, title))),
    )
  },
}

type Lines = Parameters<typeof migrationList>

async function activeLines(
  turn: Turn,
  isWanted: (line: MigrationLine) => boolean,
  title: string,
): Promise<Lines> {
  const found: MigrationLine[] = []
  for await (const line of readActive(turn)) {
    if (isWanted(line)) found.push(line)
    if (found.length > shown) break
  }
  return [found.slice(0, shown), { title, hasMore: found.length > shown }]
}

/** Those that are not over, newest first. */
export async function* readActive({ api }: Pick<Turn, 'api'>): AsyncGenerator<MigrationLine> {
  let after: string | null = null
  do {
    const variables: { first: number; after: string | null; statuses: (typeof activeStatuses)[number][] } = {
      first: pageSize,
      after,
      statuses: [...activeStatuses],
    }
    const { migrations } = await api.execute(LinesQuery, variables)
    yield* migrations.nodes
    after = migrations.pageInfo.hasNextPage ? (migrations.pageInfo.endCursor ?? null) : null
  } while (after !== null)
}
