import { graphql } from '../client/index.ts'
import { readActive } from '../commands/list.ts'
import type { Turn } from '../turn.ts'
import { alarmFragment, cutoverFragment, homeView, type MigrationLine } from '../views/index.ts'

const AttentionQuery = graphql(
  `
    query WhatWaits {
      alarms(first: 20, filter: { states: [FIRING, ACKNOWLEDGED] }) {
        nodes {
          ...AlarmMessage
        }
      }
      migrations(first: 50, filter: { statuses: [RUNNING] }) {
        nodes {
          cutoverPlan {
            status
            mayApprove
          }
          shortId
        }
      }
    }
  `,
  [alarmFragment],
)

const CutoverQuery = graphql(
  `
    query WaitingCutover($id: ID!) {
      migration(id: $id) {
        ...CutoverMessage
      }
    }
  `,
  [cutoverFragment],
)

const shown = 10

/** What runs, what waits for the person, and the alarms. */
export async function publishHome(turn: Turn): Promise<void> {
  const { api, outgoing, workspaceId, person, reach } = turn
  const [{ alarms, migrations }, running, isOurs] = await Promise.all([
    api.execute(AttentionQuery, {}),
    readSome(turn),
    reach.read(),
  ])
  const mine = await keepIf(
    migrations.nodes.filter(({ cutoverPlan: plan }) => plan?.status === 'PENDING' && plan.mayApprove),
    ({ shortId }) => isOurs(shortId),
  )
  const ourAlarms = await keepIf(
    alarms.nodes,
    async ({ migration }) => migration !== null && isOurs(migration.shortId),
  )
  const waiting = await Promise.all(
    mine.slice(0, shown).map(async ({ shortId: id }) => (await api.execute(CutoverQuery, { id })).migration),
  )
  const view = homeView({
    waiting: waiting.filter((each) => each !== null),
    alarms: ourAlarms,
    running,
    now: new Date(),
  })
  await outgoing.publishHome(workspaceId, person.userId, { ...view, callback_id: homeCallback })
}

async function keepIf<T>(items: readonly T[], isKept: (item: T) => Promise<boolean>): Promise<readonly T[]> {
  const kept = await Promise.all(items.map(isKept))
  return items.filter((_, index) => kept[index])
}

/** Tells the Home of the app from modals, on top of which another modal could be put. */
const homeCallback = 'home'

async function readSome(turn: Turn): Promise<readonly MigrationLine[]> {
  const some: MigrationLine[] = []
  for await (const line of readActive(turn)) {
    some.push(line)
    if (some.length > shown) break
  }
  return some
}
