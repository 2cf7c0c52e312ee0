import type { KnownBlock } from '@slack/types'
import { type FragmentOf, graphql } from '../client/index.ts'
import { context, fields, header, lines, plainContext, section, snippet } from './blocks/layout.ts'
import { plain } from './blocks/text.ts'
import { completionFragment, cutoverLines, factBlock, pauseText } from './completed.ts'
import { tidy } from './escape.ts'
import { message, sentence, type SlackMessage } from './message.ts'
import { type Mrkdwn, mrkdwn, none, sentences, when } from './mrkdwn.ts'
import { renamesBlocks } from './renames.ts'
import { route } from './route.ts'
import { counted, formatDuration } from './units.ts'
import { stepWords } from './words/steps.ts'

/** What the report has beyond the message that a migration is complete. */
export const reportFragment = graphql(
  `
    fragment ReportMessage on Migration {
      ...CompletionMessage
      report {
        drainedTo
        appliedTransactions
        refreshedViews
        steps {
          name
          duration
        }
        compared: comparison {
          isEqual
          schema
          table
          sourceRows
          targetRows
        }
      }
    }
  `,
  [completionFragment],
)

export type Reported = FragmentOf<typeof reportFragment>
type Report = NonNullable<Reported['report']>

/** All that was noted of a migration that is complete. */
export function reportMessage(migration: Reported, workspaceId: string): SlackMessage {
  const { report, finishedAt, name, shortId } = migration
  if (report === null)
    return sentence(mrkdwn`There is no report of ${name} yet: it is written when it completes.`)
  const decisions = cutoverLines(migration, workspaceId)
  return message({
    text: sentences([
      mrkdwn`Report of ${name}`,
      pauseText(report),
      mrkdwn`${comparedText(report)}`,
      ...decisions,
    ]),
    blocks: [
      header('Completion report'),
      plainContext(plain`${name}  ·  ${route(migration)}  ·  ${shortId}`),
      ...renamesBlocks(migration.selection),
      section(pauseText(report)),
      factBlock(report),
      fields([
        ['Transactions applied', mrkdwn`${counted(report.appliedTransactions, 'transaction')}`],
        ['Views refreshed', mrkdwn`${report.refreshedViews}`],
      ]),
      section(
        lines(
          mrkdwn`*How long each step took*`,
          ...report.steps.map(
            (step) => mrkdwn`${stepWords[step.name].name}: ${formatDuration(step.duration)}`,
          ),
        ),
      ),
      ...comparisonBlocks(report),
      ...(decisions.length === 0 ? [] : [section(lines(...decisions))]),
      context(
        mrkdwn`${finishedAt === null ? none : mrkdwn`Finished ${when(finishedAt)}. `}Whoever runs Godwit can give you all of it as a document to keep.`,
      ),
    ],
  })
}

/** How the rows of both sides compared in the cutover, what differs first. */
export function comparisonMessage(migration: Reported): SlackMessage {
  const { report, name, shortId } = migration
  if (report === null || report.compared.length === 0)
    return sentence(mrkdwn`The rows of ${name} were not compared.`)
  const said = comparedText(report)
  return message({
    text: sentences([mrkdwn`${name}`, said]),
    blocks: [
      header('Comparison'),
      plainContext(plain`${name}  ·  ${route(migration)}  ·  ${shortId}`),
      ...renamesBlocks(migration.selection),
      section(said),
      ...comparisonBlocks(report),
      context(mrkdwn`Counted during the cutover, while writers waited.`),
    ],
  })
}

function comparedText({ compared }: Report): Mrkdwn {
  if (compared.length === 0) return mrkdwn`No rows were compared.`
  const different = compared.filter(({ isEqual }) => !isEqual).length
  return different === 0
    ? mrkdwn`✅ All ${counted(compared.length, 'table')} have as many rows on both sides.`
    : mrkdwn`❌ ${different} of ${counted(compared.length, 'table')} differ.`
}

const shownTables = 12
const nameLength = 80
const shownLength = 2_000

function comparisonBlocks({ compared }: Report): readonly KnownBlock[] {
  if (compared.length === 0) return []
  const sorted = compared.toSorted((a, b) => Number(a.isEqual) - Number(b.isEqual))
  const shown = sorted.slice(0, shownTables).map(({ schema, table, sourceRows, targetRows, isEqual }) => {
    const name = tidy(`${schema}.${table}`, nameLength)
    return isEqual
      ? `= ${name}: ${counted(sourceRows, 'row')}`
      : `≠ ${name}: ${counted(sourceRows, 'row')} on the source, ${counted(targetRows, 'row')} on the target`
  })
  const rest = sorted.slice(shownTables)
  const more = rest.length === 0 ? [] : [`… and ${rest.length} more${differing(rest)}`]
  return [snippet([...shown, ...more], { maxLength: shownLength, comment: '…' })]
}

function differing(tables: Report['compared']): string {
  const different = tables.filter(({ isEqual }) => !isEqual).length
  return different === 0 ? ', which do not differ' : `, ${different} of which differ`
}
