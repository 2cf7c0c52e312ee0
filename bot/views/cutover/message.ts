import type { Button, KnownBlock } from '@slack/types'
import { actionIds } from '../action-ids.ts'
import { actor } from '../actor.ts'
import { apiText } from '../api-text.ts'
import { actions, button } from '../blocks/buttons.ts'
import { context, fields, header, lines, plainContext, section } from '../blocks/layout.ts'
import { plain } from '../blocks/text.ts'
import { completeButton } from '../card/buttons.ts'
import { message, type SlackMessage } from '../message.ts'
import { join, mention, type Mrkdwn, mrkdwn, none, sentences, when } from '../mrkdwn.ts'
import { renamesBlocks, renamesText } from '../renames.ts'
import { route } from '../route.ts'
import { counted, formatBytes, formatDuration, formatSeconds, secondsOf } from '../units.ts'
import { fencingWords } from '../words/fencing.ts'
import { type CutoverOptions, decisionLines, missingLines } from './decisions.ts'
import type { Cutover, CutoverPlan } from './fragment.ts'

/** A plan of a cutover: what is going to happen, who has to say yes, and what was decided. Edited in place. */
export function cutoverMessage(migration: Cutover, options: CutoverOptions): SlackMessage {
  const { approvers = [], workspaceId } = options
  const { cutoverPlan: plan } = migration
  if (plan === null) {
    const nothing = mrkdwn`${migration.name}: no cutover is planned.`
    return message({
      text: nothing,
      blocks: [section(nothing), ...actions('cutover', planButtons(migration))],
    })
  }
  const state = states[plan.status]
  const asked = plan.status === 'PENDING' ? join(approvers.slice(0, 20).map(mention), ' ') : none
  const outcome = outcomeOf(plan)
  return message({
    text: sentences([
      mrkdwn`${migration.name}: ${state.words}`,
      asked,
      renamesText(migration.selection),
      mrkdwn`Predicted pause ${formatDuration(plan.predictedPause)}`,
      ...missingLines(plan, options),
      ...decisionLines(plan, workspaceId),
      outcome,
    ]),
    blocks: [
      header(`${state.mark} ${state.words}`),
      plainContext(plain`${migration.name}  ·  ${route(migration)}  ·  ${migration.shortId}`),
      ...renamesBlocks(migration.selection),
      ...(asked === none || asked.source === '' ? [] : [section(mrkdwn`${asked} please decide.`)]),
      ...(past.has(plan.status) ? [] : [factBlock(plan)]),
      ...warningBlocks(plan),
      ...approvalBlocks(plan, options),
      ...(outcome === none ? [] : [section(outcome)]),
      context(
        mrkdwn`Planned by ${actor(plan.requestedBy, workspaceId)}, ${when(plan.createdAt)}. ${expiryOf(plan)}${windowOf(migration, plan)}`,
      ),
      ...actions('cutover', buttonsOf(migration, plan)),
    ],
  })
}

interface State {
  readonly mark: string
  readonly words: string
}

const states: Readonly<Record<CutoverPlan['status'], State>> = {
  PENDING: { mark: '🟡', words: 'Ready for cutover' },
  APPROVED: { mark: '✅', words: 'Cutover approved' },
  REJECTED: { mark: '⛔', words: 'Cutover rejected' },
  EXPIRED: { mark: '⚪', words: 'Cutover plan expired' },
  VOID: { mark: '⚪', words: 'Cutover plan does not hold any more' },
  EXECUTING: { mark: '🟠', words: 'Cutting over' },
  EXECUTED: { mark: '✅', words: 'Cutover done' },
}

/** What was predicted does not count any more: who decided what, and when, stays. */
const past: ReadonlySet<CutoverPlan['status']> = new Set(['REJECTED', 'EXPIRED', 'VOID', 'EXECUTED'])

function factBlock(plan: CutoverPlan): KnownBlock {
  const { measured, options } = plan
  return fields([
    ['Predicted pause', lines(mrkdwn`${formatDuration(plan.predictedPause)}`, partsOf(plan))],
    ['Lag', mrkdwn`${formatSeconds(measured.lagSeconds)}, ${formatBytes(measured.lagBytes)}`],
    ['Source meanwhile', mrkdwn`${fencingWords[options.fencing].effect}`],
    ['Comparison', options.compare ? mrkdwn`Rows of ${counted(measured.tables, 'table')}` : mrkdwn`None`],
    ['Given up after', mrkdwn`${formatDuration(options.maxPause)} of pause`],
  ])
}

/** What the pause is made of, the parts that count. */
function partsOf({ predictedParts: { fence, drain, align, compare } }: CutoverPlan): Mrkdwn {
  const parts = Object.entries({ fence, drain, align, compare }).filter(([, part]) => secondsOf(part) >= 0.05)
  return join(
    parts.map(([name, part]) => mrkdwn`${name} ${formatDuration(part)}`),
    ' · ',
  )
}

const shownWarnings = 4

function warningBlocks({ measured, status }: CutoverPlan): readonly KnownBlock[] {
  if (status !== 'PENDING' && status !== 'APPROVED') return []
  const shown = measured.warnings
    .slice(0, shownWarnings)
    .map((warning) => mrkdwn`⚠️ ${apiText(warning.message, 300)} ${apiText(warning.remedy, 300)}`)
  const missing = measured.warnings.length - shown.length
  return [
    ...(shown.length === 0 ? [] : [section(lines(...shown))]),
    ...(missing > 0 ? [context(mrkdwn`and ${counted(missing, 'more warning')}`)] : []),
  ]
}

function approvalBlocks(plan: CutoverPlan, options: CutoverOptions): readonly KnownBlock[] {
  const missing = plan.status === 'PENDING' ? missingLines(plan, options) : []
  const noRule = plan.requirement.length === 0 ? [mrkdwn`No approval is needed.`] : []
  const shown = [...decisionLines(plan, options.workspaceId), ...missing, ...noRule].slice(0, 12)
  return shown.length === 0 ? [] : [section(lines(...shown))]
}

function outcomeOf({ status, voidReason }: CutoverPlan): Mrkdwn {
  return status === 'VOID' && voidReason !== null ? apiText(voidReason, 500) : none
}

function expiryOf({ status, expiresAt }: CutoverPlan): Mrkdwn {
  if (status === 'PENDING' || status === 'APPROVED') return mrkdwn`Holds until ${when(expiresAt)}.`
  return status === 'EXPIRED' ? mrkdwn`It held until ${when(expiresAt)}.` : none
}

function windowOf({ cutoverWindow: window }: Cutover, { status }: CutoverPlan): Mrkdwn {
  if (window === null || window.isOpen || (status !== 'PENDING' && status !== 'APPROVED')) return none
  return window.nextOpensAt === null
    ? mrkdwn` The cutover window does not open any more.`
    : mrkdwn` The cutover window opens ${when(window.nextOpensAt)}.`
}

function buttonsOf(migration: Cutover, plan: CutoverPlan): Button[] {
  const { shortId: m, version: v, availableActions } = migration
  const value = { m, v, d: plan.digest }
  if (plan.status === 'PENDING')
    return [
      approveButton(migration, plan),
      button({ text: 'Reject…', action: actionIds.reject, value }),
      button({ text: 'Break glass…', action: actionIds.breakGlass, value }),
    ]
  const canComplete = availableActions.includes('COMPLETE')
  const isOpen = migration.cutoverWindow?.isOpen ?? true
  if (plan.status === 'APPROVED')
    return canComplete && isOpen ? [completeButton({ shortId: m, version: v, plan })] : []
  const isOver = plan.status === 'REJECTED' || plan.status === 'EXPIRED' || plan.status === 'VOID'
  return isOver ? planButtons(migration, 'Plan again…') : []
}

function planButtons(
  { shortId: m, version: v, availableActions }: Cutover,
  text = 'Plan cutover…',
): Button[] {
  if (!availableActions.includes('COMPLETE')) return []
  return [button({ text, action: actionIds.plan, value: { m, v }, style: 'primary' })]
}

function approveButton({ shortId: m, version: v }: Cutover, plan: CutoverPlan): Button {
  const pause = formatDuration(plan.predictedPause)
  return button({
    text: 'Approve',
    action: actionIds.approve,
    value: { m, v, d: plan.digest },
    style: 'primary',
    confirm: {
      title: 'Approve this cutover?',
      text: `Writers are going to wait for about ${pause}. ${fencingWords[plan.options.fencing].effect}`,
      yes: 'Approve',
      style: 'primary',
    },
  })
}
