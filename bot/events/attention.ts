/** What people are to see first of all migrations of their workspace, however many there are. */
import { graphql, readNodes } from '../client/index.ts'
import { readOurs } from '../commands/list.ts'
import { activeStatuses } from '../migrations/index.ts'
import { holdsRole } from '../people/index.ts'
import type { Turn } from '../turn.ts'
import {
  type HomeAlarm,
  alarmFragment,
  type MigrationLine,
  type Waiting,
  type WaitingMigration,
  waitingFragment,
  whatWaits,
} from '../views/index.ts'

const WaitingQuery = graphql(
  `
    query WhatWaits($after: String) {
      migrations(first: 100, after: $after, filter: { statuses: [RUNNING, FAILED] }) {
        nodes {
          ...WaitingMigration
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [waitingFragment],
)

const AlarmsQuery = graphql(
  `
    query OpenAlarms($after: String) {
      alarms(first: 100, after: $after, filter: { states: [FIRING, ACKNOWLEDGED] }) {
        nodes {
          ...AlarmMessage
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [alarmFragment],
)

const CountQuery = graphql(`
  query ActiveOnes($after: String, $statuses: [MigrationStatus!]) {
    migrations(first: 100, after: $after, filter: { statuses: $statuses }) {
      nodes {
        shortId
        status
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

/** In these Godwit does something, or is about to. */
const runningStatuses = ['VERIFYING', 'QUEUED', 'RUNNING', 'COMPLETING', 'CANCELLING'] as const

type IsOurs = (shortId: string) => Promise<boolean>

/** Decisions first, then what can be completed, then what has failed; of each the newest first. */
export async function readWaiting(
  { api, person }: Turn,
  isOurs: IsOurs,
): Promise<readonly WaitingMigration[]> {
  const canOperate = holdsRole(person.role, 'operate')
  const found: Record<Waiting, WaitingMigration[]> = { decision: [], completion: [], repair: [] }
  for await (const migration of readNodes(
    async (after) => (await api.execute(WaitingQuery, { after })).migrations,
  )) {
    const waits = whatWaits(migration)
    if (waits === null || (waits !== 'decision' && !canOperate)) continue
    if (await isOurs(migration.shortId)) found[waits].push(migration)
  }
  return [...found.decision, ...found.completion, ...found.repair]
}

/** Those that nobody has acknowledged first; of these and of the others, those of the person's own migrations first. */
export async function readAlarms(
  { api, homes, workspaceId, person }: Turn,
  isOurs: IsOurs,
): Promise<readonly HomeAlarm[]> {
  const own = await homes.requestedBy({ team: workspaceId, userId: person.userId })
  const alarms: HomeAlarm[] = []
  for await (const alarm of readNodes(async (after) => (await api.execute(AlarmsQuery, { after })).alarms))
    if (alarm.migration !== null && (await isOurs(alarm.migration.shortId)))
      alarms.push({ ...alarm, isMine: own.has(alarm.migration.shortId) })
  const rank = ({ state, isMine }: HomeAlarm) => (state === 'FIRING' ? 0 : 2) + (isMine ? 0 : 1)
  return alarms.toSorted((a, b) => rank(a) - rank(b))
}

/** At most so many. */
export async function readRunning(turn: Turn, most: number): Promise<readonly MigrationLine[]> {
  const running: MigrationLine[] = []
  for await (const line of readOurs(turn, runningStatuses)) {
    running.push(line)
    if (running.length === most) break
  }
  return running
}

/** Of all that are not over, how many run, and how many do not. */
export async function countActive(
  { api }: Turn,
  isOurs: IsOurs,
): Promise<{ readonly running: number; readonly others: number }> {
  let running = 0
  let others = 0
  const statuses = [...activeStatuses]
  for await (const { shortId, status } of readNodes(
    async (after) => (await api.execute(CountQuery, { after, statuses })).migrations,
  )) {
    if (!(await isOurs(shortId))) continue
    if (runningStatuses.some((each) => each === status)) running += 1
    else others += 1
  }
  return { running, others }
}
