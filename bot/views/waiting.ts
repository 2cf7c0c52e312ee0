import type { KnownBlock } from '@slack/types'
import { type FragmentOf, graphql } from '../client/index.ts'
import { actionIds } from './action-ids.ts'
import { apiText } from './api-text.ts'
import { button } from './blocks/buttons.ts'
import { lines, section } from './blocks/layout.ts'
import { type Mrkdwn, mrkdwn, when } from './mrkdwn.ts'
import { formatDuration } from './units.ts'

/** A migration that may wait for somebody. */
export const waitingFragment = graphql(`
  fragment WaitingMigration on Migration {
    shortId
    name
    version
    status
    availableActions
    problem {
      message
    }
    cutoverWindow {
      isOpen
    }
    cutoverPlan {
      status
      mayApprove
      predictedPause
      expiresAt
    }
  }
`)

export type WaitingMigration = FragmentOf<typeof waitingFragment>

/** What it waits for: a plan to be approved, an approved one to be completed, what has failed to be mended. */
export type Waiting = 'decision' | 'completion' | 'repair'

/** Null when it waits for nothing that the reader could do. */
export function whatWaits(migration: WaitingMigration): Waiting | null {
  const { status, availableActions, cutoverPlan: plan, cutoverWindow: window } = migration
  if (status === 'FAILED') return 'repair'
  if (plan?.status === 'PENDING') return plan.mayApprove ? 'decision' : null
  const canComplete = availableActions.includes('COMPLETE') && (window?.isOpen ?? true)
  return plan?.status === 'APPROVED' && canComplete ? 'completion' : null
}

/** One line of what waits, with the button that leads to what can be done. */
export function waitingBlock(migration: WaitingMigration): KnownBlock {
  const { shortId: m, version: v } = migration
  const waits = whatWaits(migration)
  const accessory =
    waits === 'decision' || waits === 'completion'
      ? button({ text: 'Show plan', action: actionIds.showPlan, value: { m, v }, style: 'primary' })
      : button({ text: 'Show', action: actionIds.show, value: { m, v } })
  return section(lines(headlineOf(migration, waits), mrkdwn`${detailOf(migration)}  ·  ${m}`), accessory)
}

function headlineOf({ name }: WaitingMigration, waits: Waiting | null): Mrkdwn {
  if (waits === 'decision') return mrkdwn`🟡 *${name}* is ready for cutover: approve it, or reject it`
  if (waits === 'completion') return mrkdwn`✅ *${name}* can be completed: its cutover is approved`
  return mrkdwn`🔴 *${name}* has failed`
}

function detailOf({ status, problem, cutoverPlan: plan }: WaitingMigration): Mrkdwn {
  if (status === 'FAILED' || plan === null) return apiText(problem?.message ?? 'Its card says why.', 200)
  return mrkdwn`Predicted pause ${formatDuration(plan.predictedPause)}, holds until ${when(plan.expiresAt)}`
}
