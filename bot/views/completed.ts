import type { KnownBlock } from '@slack/types'
import { type FragmentOf, graphql } from '../client/index.ts'
import { actionIds } from './action-ids.ts'
import { actions, button } from './blocks/buttons.ts'
import { context, fields, header, lines, plainContext, section, snippet } from './blocks/layout.ts'
import { plain } from './blocks/text.ts'
import { decisionLines } from './cutover/decisions.ts'
import { decidedFragment } from './cutover/fragment.ts'
import { message, type SlackMessage } from './message.ts'
import { given, join, type Mrkdwn, mrkdwn, none, person, sentences, when } from './mrkdwn.ts'
import { renamesBlocks, renamesFragment, renamesText } from './renames.ts'
import { route } from './route.ts'
import { counted, formatBytes, formatDuration } from './units.ts'

export const completionFragment = graphql(
  `
    fragment CompletionMessage on Migration {
      shortId
      name
      version
      finishedAt
      source {
        name
      }
      target {
        name
      }
      selection {
        ...ShownRenames
      }
      verifyReport {
        checks {
          check
          title
        }
      }
      cutoverPlan {
        ...DecidedPlan
      }
      report {
        pause
        predictedPause
        compareDuration
        rows
        bytes
        fullCopy
        appliedChanges
        alignedSequences
        comparison {
          isEqual
        }
        requestedBy
        acceptedWarnings
        cleanUp {
          side
          what
          statements
        }
      }
    }
  `,
  [decidedFragment, renamesFragment],
)

export type Completion = FragmentOf<typeof completionFragment>
type Report = NonNullable<Completion['report']>

/** The end of a migration: what it took, and what is left to do. */
export function completedMessage(migration: Completion, workspaceId: string): SlackMessage {
  const { report, finishedAt, shortId: m, version: v } = migration
  const next = mrkdwn`Use *${migration.target?.name ?? 'the target'}* from now on.`
  const decisions =
    report === null ? [] : [...cutoverLines(migration, workspaceId), ...acceptedLines(migration, report)]
  return message({
    text: sentences([
      mrkdwn`${migration.name} is complete`,
      report === null ? none : pauseText(report),
      ...decisions,
      mrkdwn`Use ${migration.target?.name ?? 'the target'} from now on`,
      renamesText(migration.selection),
    ]),
    blocks: [
      header('✅ Migration complete'),
      plainContext(plain`${migration.name}  ·  ${route(migration)}  ·  ${m}`),
      ...renamesBlocks(migration.selection),
      section(lines(report === null ? none : pauseText(report), next)),
      ...(report === null ? [] : [factBlock(report)]),
      ...(decisions.length === 0 ? [] : [section(lines(...decisions))]),
      ...(finishedAt === null ? [] : [context(mrkdwn`Finished ${when(finishedAt)}.`)]),
      ...actions('completed', [
        button({ text: 'Show report', action: actionIds.report, value: { m, v } }),
        ...((report?.cleanUp ?? []).length === 0
          ? []
          : [button({ text: 'Show clean-up', action: actionIds.cleanUp, value: { m, v } })]),
      ]),
    ],
  })
}

export function pauseText({ pause, predictedPause }: Report): Mrkdwn {
  const predicted = predictedPause === null ? none : mrkdwn` (predicted ${formatDuration(predictedPause)})`
  return mrkdwn`Writers waited *${formatDuration(pause)}*${predicted}.`
}

export function factBlock(report: Report): KnownBlock {
  return fields([
    [
      'Copied',
      mrkdwn`${counted(report.rows, 'row')}, ${formatBytes(report.bytes)} in ${formatDuration(report.fullCopy)}`,
    ],
    ['Applied since', mrkdwn`${counted(report.appliedChanges, 'change')}`],
    ['Comparison', comparisonText(report)],
    ['Sequences aligned', mrkdwn`${report.alignedSequences}`],
  ])
}

function comparisonText({ comparison, compareDuration }: Report): Mrkdwn {
  if (comparison.length === 0) return mrkdwn`None`
  const different = comparison.filter(({ isEqual }) => !isEqual).length
  const took = compareDuration === null ? none : mrkdwn`, ${formatDuration(compareDuration)}`
  return different === 0
    ? mrkdwn`All ${counted(comparison.length, 'table')} have the same number of rows${took}`
    : mrkdwn`❌ ${different} of ${counted(comparison.length, 'table')} differ${took}`
}

const shownDecisions = 6

/** Who has planned, approved and asked for the cutover, and when. */
export function cutoverLines({ report, cutoverPlan }: Completion, workspaceId: string): readonly Mrkdwn[] {
  const requestedBy = report?.requestedBy ?? null
  return [
    ...(requestedBy === null ? [] : [mrkdwn`Planned by ${person(requestedBy, workspaceId)}`]),
    ...(cutoverPlan === null ? [] : decisionLines(cutoverPlan, workspaceId).slice(-shownDecisions)),
  ]
}

/** The warnings that were accepted at the start, by their titles. */
function acceptedLines({ verifyReport }: Completion, { acceptedWarnings }: Report): readonly Mrkdwn[] {
  if (acceptedWarnings.length === 0) return []
  const titles = acceptedWarnings
    .slice(0, shownDecisions)
    .map((name) => verifyReport?.checks.find(({ check }) => check === name)?.title ?? name)
  return [
    mrkdwn`⚠️ ${counted(acceptedWarnings.length, 'warning')} accepted: ${join(
      titles.map((title) => given(title, 80)),
      ', ',
    )}`,
  ]
}

const shownItems = 8

/** What people may want to take back, ready to run. */
export function cleanUpMessage(migration: Completion): SlackMessage {
  const items = migration.report?.cleanUp ?? []
  const intro =
    items.length === 0
      ? mrkdwn`There is nothing to clean up.`
      : mrkdwn`Nothing of this is needed by Godwit any more. Run what nothing else of yours needs.`
  return message({
    text: sentences([
      mrkdwn`Clean up after ${migration.name}`,
      ...items.slice(0, shownItems).map(({ what }) => given(what, 150)),
    ]),
    blocks: [
      header('Clean up'),
      plainContext(plain`${migration.name}  ·  ${route(migration)}  ·  ${migration.shortId}`),
      section(intro),
      ...items
        .slice(0, shownItems)
        .flatMap(({ side, what, statements }) => [
          section(mrkdwn`*${side === 'SOURCE' ? 'On the source' : 'On the target'}:* ${given(what, 300)}`),
          snippet(statements),
        ]),
      ...(items.length > shownItems
        ? [
            context(
              mrkdwn`and ${counted(items.length - shownItems, 'more thing')}. Whoever runs Godwit can give you the document that has all.`,
            ),
          ]
        : []),
    ],
  })
}
