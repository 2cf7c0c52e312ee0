import type { KnownBlock } from '@slack/types'
import { actionIds } from '../action-ids.ts'
import { button } from '../blocks/buttons.ts'
import { context, fields, header, lines, plainContext, section } from '../blocks/layout.ts'
import { plain } from '../blocks/text.ts'
import { message, type SlackMessage } from '../message.ts'
import { apiText } from '../api-text.ts'
import { code, given, join, type Mrkdwn, mrkdwn, none, sentences, when } from '../mrkdwn.ts'
import { renamesBlocks } from '../renames.ts'
import { route } from '../route.ts'
import {
  counted,
  formatBar,
  formatBytes,
  formatDuration,
  formatPercent,
  formatSeconds,
  formatSparkline,
} from '../units.ts'
import { stepMarks, stepWords } from '../words/steps.ts'
import type { StepName } from '../words/types.ts'
import { cardButtons, type CardPlace } from './buttons.ts'
import { caughtUpSeconds, isFollowing } from './facts.ts'
import type { MigrationCard } from './fragment.ts'
import { whatIsSafe } from './safety.ts'
import { type StatusLine, statusLine } from './status-line.ts'

/** One migration: where it is, what is safe now, and what can be done next. Updated in place. */
export function migrationCard(migration: MigrationCard, now: Date, place: CardPlace = {}): SlackMessage {
  const status = statusLine(migration, now)
  return message({
    text: fallbackOf(migration, status),
    blocks: [
      header(migration.name),
      plainContext(plain`${route(migration)}  ·  ${migration.shortId}`),
      ...renamesBlocks(migration.selection),
      section(statusText(status)),
      ...stepBlocks(migration),
      ...lagBlocks(migration),
      ...planBlocks(migration),
      ...problemBlocks(migration),
      ...alarmBlocks(migration),
      footer(migration),
      ...cardButtons(migration, place),
    ],
  })
}

function statusText({ mark, words, details, fraction }: StatusLine): Mrkdwn {
  return lines(
    mrkdwn`${mark} *${words}*`,
    fraction === undefined ? none : mrkdwn`${formatBar(fraction, 24)}  ${formatPercent(fraction)}`,
    details,
  )
}

function fallbackOf(migration: MigrationCard, { words, details, fraction }: StatusLine): Mrkdwn {
  const { name, problem, status, cutoverPlan, openAlarms } = migration
  return sentences([
    mrkdwn`${name}: ${words}${fraction === undefined ? none : mrkdwn`, ${formatPercent(fraction)}`}`,
    details,
    status === 'RUNNING' && cutoverPlan !== null ? planText(cutoverPlan) : none,
    problem === null ? none : apiText(problem.message, 300),
    ...openAlarms.nodes.map(({ message }) => given(message, 200)),
    given(whatIsSafe(migration), 300),
  ])
}

/** What may be done now, and in small letters the name of what went wrong. */
function footer(migration: MigrationCard): KnownBlock {
  const { problem } = migration
  return context(given(whatIsSafe(migration), 300), ...(problem === null ? [] : [code(problem.code)]))
}

const cutoverSteps = new Set<StepName>(['FENCE', 'DRAIN', 'ALIGN', 'COMPARE', 'RELEASE'])

/** The steps up to following the source, or those of the cutover when it has come to that. */
function stepBlocks({ status, steps }: MigrationCard): readonly KnownBlock[] {
  if (!['RUNNING', 'PAUSED', 'COMPLETING', 'FAILED'].includes(status)) return []
  const isCutover = steps.some(({ name, status }) => cutoverSteps.has(name) && status === 'RUNNING')
  const shown = steps.filter(
    ({ name, status }) => cutoverSteps.has(name) === isCutover && status !== 'SKIPPED',
  )
  if (shown.every(({ status }) => status === 'PENDING')) return []
  const words = shown.map(({ name, status }) => mrkdwn`${stepMarks[status]} ${stepWords[name].name}`)
  return [context(join(words, '   '))]
}

const sparklineWidth = 20

function lagBlocks(migration: MigrationCard): readonly KnownBlock[] {
  const { lag, recentLag } = migration
  if (lag === null || !isFollowing(migration)) return []
  const seconds = recentLag.slice(-sparklineWidth).map((sample) => sample.seconds)
  const line = seconds.length < 2 ? none : mrkdwn`${formatSparkline(seconds, caughtUpSeconds)}`
  return [
    fields([
      ['Lag', lines(mrkdwn`${formatSeconds(lag.seconds)}, ${formatBytes(lag.bytes)}`, line)],
      ['Applied', mrkdwn`${counted(lag.appliedChanges, 'change')}`],
    ]),
  ]
}

function planBlocks({ status, cutoverPlan: plan, cutoverWindow }: MigrationCard): readonly KnownBlock[] {
  if (status !== 'RUNNING') return []
  const window = cutoverWindow === null ? none : windowText(cutoverWindow)
  const words = plan === null ? none : planText(plan)
  return words === none && window === none ? [] : [section(lines(words, window))]
}

function planText(plan: NonNullable<MigrationCard['cutoverPlan']>): Mrkdwn {
  const pause = formatDuration(plan.predictedPause)
  if (plan.status === 'APPROVED')
    return mrkdwn`✅ Cutover approved until ${when(plan.expiresAt)}. Predicted pause: ${pause}.`
  if (plan.status !== 'PENDING') return none
  const missing = plan.missingApprovals.reduce((sum, rule) => sum + rule.missing, 0)
  return mrkdwn`🟡 Cutover waits for ${counted(missing, 'approval')}, until ${when(plan.expiresAt)}. Predicted pause: ${pause}.`
}

function windowText(window: NonNullable<MigrationCard['cutoverWindow']>): Mrkdwn {
  const how = window.automatic ? mrkdwn` Godwit then completes by itself, if a plan is approved.` : none
  if (window.isOpen)
    return window.closesAt === null
      ? mrkdwn`The cutover window is open.`
      : mrkdwn`The cutover window is open until ${when(window.closesAt)}.`
  if (window.nextOpensAt === null) return mrkdwn`The cutover window does not open any more.`
  return mrkdwn`The cutover window opens ${when(window.nextOpensAt)}.${how}`
}

function problemBlocks({ status, problem }: MigrationCard): readonly KnownBlock[] {
  if (problem === null) return []
  const mark = status === 'FAILED' || status === 'VERIFY_FAILED' ? none : mrkdwn`⚠️ `
  return [
    section(
      lines(
        mrkdwn`${mark}${apiText(problem.message, 500)}`,
        mrkdwn`*What to do:* ${apiText(problem.remedy, 500)}`,
      ),
    ),
  ]
}

function alarmBlocks(migration: MigrationCard): readonly KnownBlock[] {
  const { openAlarms, alarmMutes, shortId: m, version: v } = migration
  const muted = alarmMutes[0]
  const shown = openAlarms.nodes.map(
    ({ message, severity, state }) =>
      mrkdwn`${severity === 'CRITICAL' ? '🚨' : '🔔'} ${given(message, 200)}${state === 'ACKNOWLEDGED' ? mrkdwn` _Acknowledged_` : none}`,
  )
  const mute = muted === undefined ? [] : [mrkdwn`🔕 Alarms are muted until ${when(muted.until)}.`]
  const unmute =
    muted === undefined ? undefined : button({ text: 'Unmute', action: actionIds.unmute, value: { m, v } })
  return shown.length + mute.length === 0 ? [] : [section(lines(...shown, ...mute), unmute)]
}
