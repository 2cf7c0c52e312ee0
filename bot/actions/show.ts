import { graphql } from '../client/index.ts'
import { findMigration, isAwayFrom, withinReach } from '../migrations/index.ts'
import type { ActionHandler } from '../registry.ts'
import type { Turn } from '../turn.ts'
import {
  cleanUpMessage,
  comparisonMessage,
  completionFragment,
  cutoverFragment,
  cutoverMessage,
  lagFragment,
  lagMessage,
  migrationCard,
  notice,
  progressFragment,
  progressMessage,
  reportFragment,
  reportMessage,
  type SlackMessage,
  verifyReportFragment,
  verifyReportMessage,
} from '../views/index.ts'
import { readButton } from './button.ts'

const LagQuery = graphql(
  `
    query LagOf($id: ID!) {
      migration(id: $id) {
        ...LagMessage
      }
    }
  `,
  [lagFragment],
)

const ProgressQuery = graphql(
  `
    query ProgressOf($id: ID!) {
      migration(id: $id) {
        ...ProgressMessage
      }
    }
  `,
  [progressFragment],
)

const ChecksQuery = graphql(
  `
    query ChecksOf($id: ID!) {
      migration(id: $id) {
        ...VerifyReportMessage
      }
    }
  `,
  [verifyReportFragment],
)

const CompletionQuery = graphql(
  `
    query CompletionOf($id: ID!) {
      migration(id: $id) {
        ...CompletionMessage
      }
    }
  `,
  [completionFragment],
)

const ReportQuery = graphql(
  `
    query ReportOf($id: ID!) {
      migration(id: $id) {
        ...ReportMessage
      }
    }
  `,
  [reportFragment],
)

const CutoverQuery = graphql(
  `
    query CutoverOf($id: ID!) {
      migration(id: $id) {
        ...CutoverMessage
      }
    }
  `,
  [cutoverFragment],
)

type Draw = (turn: Turn, id: string) => Promise<SlackMessage | null>

/** Shows something of a migration to the person only. */
function showButton(draw: Draw): ActionHandler {
  return {
    keeping: 'at once',
    async run(turn, action) {
      const read = await readButton(turn, action)
      if (read !== null) await turn.tell((await draw(turn, read.m)) ?? gone)
    },
  }
}

const gone = notice('This migration does not exist any more.')

const drawCard: Draw = async (turn, id) => {
  const migration = await findMigration(turn, id)
  return migration && migrationCard(migration, new Date(), { isAway: await isAwayFrom(turn, migration) })
}

const drawLag: Draw = async ({ api, reach }, id) => {
  const migration = await withinReach(reach, (await api.execute(LagQuery, { id })).migration)
  return migration && lagMessage(migration)
}

const drawProgress: Draw = async ({ api, reach }, id) => {
  const migration = await withinReach(reach, (await api.execute(ProgressQuery, { id })).migration)
  return migration && progressMessage(migration, new Date())
}

const drawChecks: Draw = async ({ api, reach }, id) => {
  const migration = await withinReach(reach, (await api.execute(ChecksQuery, { id })).migration)
  return migration && verifyReportMessage(migration)
}

const drawReport: Draw = async ({ api, reach, workspaceId }, id) => {
  const migration = await withinReach(reach, (await api.execute(ReportQuery, { id })).migration)
  return migration && reportMessage(migration, workspaceId)
}

export const drawComparison: Draw = async ({ api, reach }, id) => {
  const migration = await withinReach(reach, (await api.execute(ReportQuery, { id })).migration)
  return migration && comparisonMessage(migration)
}

const drawCleanUp: Draw = async ({ api, reach }, id) => {
  const migration = await withinReach(reach, (await api.execute(CompletionQuery, { id })).migration)
  return migration && cleanUpMessage(migration)
}

export const drawPlan: Draw = async ({ api, reach, workspaceId }, id) => {
  const migration = await withinReach(reach, (await api.execute(CutoverQuery, { id })).migration)
  return migration && cutoverMessage(migration, { workspaceId })
}

export const show = {
  card: showButton(drawCard),
  lag: showButton(drawLag),
  progress: showButton(drawProgress),
  checks: showButton(drawChecks),
  report: showButton(drawReport),
  cleanUp: showButton(drawCleanUp),
  plan: showButton(drawPlan),
}
