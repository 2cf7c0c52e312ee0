import type { Button, KnownBlock } from '@slack/types'
import { type FragmentOf, graphql } from '../client/index.ts'
import { actionIds } from './action-ids.ts'
import { actions, button } from './blocks/buttons.ts'
import { startButton } from './start-button.ts'
import { context, header, lines, plainContext, section, snippet } from './blocks/layout.ts'
import { plain } from './blocks/text.ts'
import { message, type SlackMessage } from './message.ts'
import { given, join, type Mrkdwn, mrkdwn, none, sentences, when } from './mrkdwn.ts'
import { route } from './route.ts'
import { counted } from './units.ts'

export const verifyReportFragment = graphql(`
  fragment VerifyReportMessage on Migration {
    shortId
    name
    version
    status
    availableActions
    source {
      name
    }
    target {
      name
    }
    verifyReport {
      finishedAt
      checks {
        outcome
        title
        detail
        remedy
        statements
      }
    }
  }
`)

export type VerifyReport = FragmentOf<typeof verifyReportFragment>
type Check = NonNullable<VerifyReport['verifyReport']>['checks'][number]

const shownFailures = 4
const shownWarnings = 4

/** What stands in the way, worst first, and how to mend it. */
export function verifyReportMessage(migration: VerifyReport): SlackMessage {
  const checks = migration.verifyReport?.checks ?? []
  const failures = checks.filter(({ outcome }) => outcome === 'FAILED')
  const warnings = checks.filter(({ outcome }) => outcome === 'WARNING')
  const counts = countsOf(checks.length, failures.length, warnings.length)
  return message({
    text: sentences([
      mrkdwn`${migration.name}: ${counts}`,
      ...failures.slice(0, shownFailures).map(({ title, detail }) => mrkdwn`${title}: ${given(detail, 200)}`),
    ]),
    blocks: [
      header(failures.length > 0 ? 'Verify found what stands in the way' : 'Verify has passed'),
      plainContext(plain`${migration.name}  ·  ${route(migration)}  ·  ${migration.shortId}`),
      section(counts),
      ...failures.slice(0, shownFailures).flatMap(failureBlocks),
      ...more(failures.length - shownFailures, 'failed check'),
      ...warningBlocks(warnings),
      ...footer(migration),
      ...actions('verify', nextSteps(migration, warnings.length)),
    ],
  })
}

function countsOf(all: number, failed: number, warned: number): Mrkdwn {
  if (failed + warned === 0) return mrkdwn`🟢 *All ${counted(all, 'check')} passed*`
  return join(
    [
      failed > 0 ? mrkdwn`🔴 *${counted(failed, 'check')} failed*` : mrkdwn`🟢 *Nothing stands in the way*`,
      warned > 0 ? mrkdwn`${counted(warned, 'warning')}` : none,
      mrkdwn`${all - failed - warned} passed`,
    ],
    ' · ',
  )
}

function failureBlocks({ title, detail, remedy, statements }: Check): readonly KnownBlock[] {
  return [
    section(
      lines(
        mrkdwn`❌ *${title}*`,
        given(detail, 500),
        remedy === null ? none : mrkdwn`*What to do:* ${given(remedy, 500)}`,
      ),
    ),
    ...(statements.length === 0 ? [] : [snippet(statements)]),
  ]
}

function warningBlocks(warnings: readonly Check[]): readonly KnownBlock[] {
  const shown = warnings
    .slice(0, shownWarnings)
    .map(({ title, detail, remedy }) =>
      lines(
        mrkdwn`⚠️ *${title}:* ${given(detail, 300)}`,
        remedy === null ? none : mrkdwn`*What to do:* ${given(remedy, 300)}`,
      ),
    )
  return [
    ...(shown.length === 0 ? [] : [section(lines(...shown))]),
    ...more(warnings.length - shownWarnings, 'warning'),
  ]
}

function more(count: number, what: string): readonly KnownBlock[] {
  return count > 0 ? [context(mrkdwn`and ${counted(count, `more ${what}`)}`)] : []
}

function footer({ verifyReport }: VerifyReport): readonly KnownBlock[] {
  const safe = mrkdwn`Nothing has been changed on source or target.`
  return [context(verifyReport === null ? safe : mrkdwn`Checked ${when(verifyReport.finishedAt)}. ${safe}`)]
}

function nextSteps({ shortId: m, version: v, availableActions }: VerifyReport, warnings: number): Button[] {
  const value = { m, v }
  if (availableActions.includes('START'))
    return [
      startButton({ shortId: m, version: v, text: 'Start', warnings }),
      ...(availableActions.includes('SCHEDULE')
        ? [button({ text: 'Schedule…', action: actionIds.schedule, value })]
        : []),
    ]
  return availableActions.includes('VERIFY')
    ? [button({ text: 'Verify again', action: actionIds.verify, value, style: 'primary' })]
    : []
}
