import { ApiError, graphql, readNodes } from '../client/index.ts'
import { isAt, type Reach } from '../notify/index.ts'
import type { Turn } from '../turn.ts'
import { type MigrationCard, migrationCardFragment, noMigrationHere } from '../views/index.ts'
import { channelOf } from './home.ts'
import { elsewhere, noSuchMigration } from './answers.ts'

const MigrationQuery = graphql(
  `
    query MigrationOfTurn($id: ID!) {
      migration(id: $id) {
        ...MigrationCard
      }
    }
  `,
  [migrationCardFragment],
)

const ActiveQuery = graphql(`
  query ActiveMigrations($after: String, $statuses: [MigrationStatus!]) {
    migrations(first: 50, after: $after, filter: { statuses: $statuses }) {
      nodes {
        shortId
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

/** Of migrations that are not over. */
export const activeStatuses = [
  'DRAFT',
  'VERIFYING',
  'VERIFY_FAILED',
  'READY',
  'SCHEDULED',
  'QUEUED',
  'RUNNING',
  'PAUSED',
  'COMPLETING',
  'FAILED',
  'CANCELLING',
] as const

/** The migration with this id; null when there is none, it is no id at all, or it is not of the workspace. */
export async function findMigration({ api, reach }: Turn, id: string): Promise<MigrationCard | null> {
  try {
    return await withinReach(reach, (await api.execute(MigrationQuery, { id })).migration)
  } catch (error) {
    if (error instanceof ApiError && error.code === 'BAD_INPUT') return null
    throw error
  }
}

/** Null in the place of what is not of the workspace. By short ids, whatever id was asked with. */
export async function withinReach<M extends { readonly shortId: string }>(
  reach: Reach,
  migration: M | null,
): Promise<M | null> {
  return migration !== null && (await reach.has(migration.shortId)) ? migration : null
}

export interface ChooseOptions {
  /** For what is only looked at, and for bringing a migration here. */
  readonly fromAnywhere?: boolean
}

/** Of a command or a button: the named migration, else the latest active one of the channel. Null: the person was told why. */
export async function chooseMigration(
  turn: Turn,
  id: string | undefined,
  { fromAnywhere = false }: ChooseOptions = {},
): Promise<MigrationCard | null> {
  const wanted = id === undefined ? await latestActive(turn) : asWritten(id)
  if (wanted === null) {
    await turn.tell(noMigrationHere())
    return null
  }
  const migration = await findMigration(turn, wanted)
  if (migration === null) {
    await turn.tell(noSuchMigration(wanted))
    return null
  }
  return fromAnywhere || (await isAtHome(turn, migration)) ? migration : null
}

/** People write short ids in upper case, too. */
function asWritten(id: string): string {
  return /^m-[a-z0-9]+$/i.test(id) ? id.toLowerCase() : id
}

/** What people do to a migration, they do in its channel, where the others see it; or alone with the bot. */
async function isAtHome(turn: Turn, migration: MigrationCard): Promise<boolean> {
  const here = channelOf(turn)
  const home = await turn.homes.find(migration.shortId)
  if (home === null) return true
  const isOfThisWorkspace = home.team === turn.workspaceId
  if (isOfThisWorkspace && (here === null || isAt(home, here))) return true
  await turn.tell(elsewhere(migration, isOfThisWorkspace ? home.channel : null))
  return false
}

async function latestActive(turn: Turn): Promise<string | null> {
  const here = channelOf(turn)
  if (here === null) return null
  const atHome = await turn.homes.migrationsAt(here)
  if (atHome.size === 0) return null
  const statuses = [...activeStatuses]
  const newestFirst = readNodes(
    async (after) => (await turn.api.execute(ActiveQuery, { after, statuses })).migrations,
  )
  for await (const { shortId } of newestFirst) if (atHome.has(shortId)) return shortId
  return null
}
