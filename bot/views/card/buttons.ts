import type { ActionsBlock, Button } from '@slack/types'
import { type ActionId, actionIds } from '../action-ids.ts'
import { actions, button, type MenuItem, overflow } from '../blocks/buttons.ts'
import { startButton } from '../start-button.ts'
import { fencingWords } from '../words/fencing.ts'
import type { Fencing, MigrationAction } from '../words/types.ts'
import { isFollowing } from './facts.ts'
import type { MigrationCard } from './fragment.ts'

export interface CardPlace {
  /** It is shown in a channel to which the migration does not belong. */
  readonly isAway?: boolean
}

/** What can be done now, the next step first; what is needed less often in a menu. */
export function cardButtons(migration: MigrationCard, { isAway = false }: CardPlace = {}): ActionsBlock[] {
  const menu = menuItems(migration)
  return actions('card', [
    ...nextSteps(migration),
    // The menu has all that it may without it.
    ...(isAway ? [simple(migration, 'Bring it to this channel', actionIds.watch)] : []),
    ...(menu.length === 0 ? [] : [overflow(menu)]),
  ])
}

function nextSteps(migration: MigrationCard): readonly Button[] {
  const can = canDo(migration)
  if (can('RETRY')) return [simple(migration, 'Retry from checkpoint', actionIds.retry, 'primary')]
  if (can('RESUME')) return [simple(migration, 'Resume', actionIds.resume, 'primary')]
  if (can('START')) return [start(migration), ...scheduleButtons(migration)]
  if (can('VERIFY')) return [verifyButton(migration), ...checksButtons(migration)]
  if (can('COMPLETE')) return [...cutoverButtons(migration), ...pauseButtons(migration)]
  if (migration.status === 'COMPLETED') return [simple(migration, 'Show report', actionIds.report)]
  return pauseButtons(migration)
}

function canDo({ availableActions }: MigrationCard): (action: MigrationAction) => boolean {
  return (action) => availableActions.includes(action)
}

function simple(
  { shortId: m, version: v }: MigrationCard,
  text: string,
  action: ActionId,
  style?: 'primary',
): Button {
  return button({ text, action, value: { m, v }, ...(style && { style }) })
}

function verifyButton(migration: MigrationCard): Button {
  const text = migration.verifyReport === null ? 'Verify' : 'Verify again'
  return simple(migration, text, actionIds.verify, 'primary')
}

function start(migration: MigrationCard): Button {
  const warnings = (migration.verifyReport?.checks ?? []).filter(({ outcome }) => outcome === 'WARNING')
  const text = migration.status === 'SCHEDULED' ? 'Start now' : 'Start'
  return startButton({ ...migration, text, warnings: warnings.length })
}

function scheduleButtons(migration: MigrationCard): readonly Button[] {
  if (!canDo(migration)('SCHEDULE')) return checksButtons(migration)
  const text = migration.status === 'SCHEDULED' ? 'Another time…' : 'Schedule…'
  return [simple(migration, text, actionIds.schedule), ...checksButtons(migration)]
}

function checksButtons(migration: MigrationCard): readonly Button[] {
  return migration.verifyReport === null ? [] : [simple(migration, 'Show checks', actionIds.checks)]
}

function pauseButtons(migration: MigrationCard): readonly Button[] {
  return canDo(migration)('PAUSE') ? [simple(migration, 'Pause', actionIds.pause)] : []
}

function cutoverButtons(migration: MigrationCard): readonly Button[] {
  const { cutoverPlan: plan, cutoverWindow: window } = migration
  if (plan?.status === 'PENDING')
    return [simple(migration, 'Show cutover plan', actionIds.showPlan, 'primary')]
  if (plan?.status !== 'APPROVED') return [simple(migration, 'Plan cutover…', actionIds.plan, 'primary')]
  return window === null || window.isOpen ? [completeButton({ ...migration, plan })] : []
}

interface Completable {
  readonly shortId: string
  readonly version: number
  readonly plan: { readonly digest: string; readonly options: { readonly fencing: Fencing } }
}

/** The last click before writers wait, with one question. */
export function completeButton({
  shortId: m,
  version: v,
  plan: { digest: d, options },
}: Completable): Button {
  const { fencing } = options
  return button({
    text: 'Complete now…',
    action: actionIds.execute,
    style: 'primary',
    value: { m, v, d },
    confirm: {
      title: 'Cut over to the target now?',
      text:
        fencing === 'NONE'
          ? 'With this you say that nothing writes to the source any more.'
          : `${fencingWords[fencing].effect} Writers wait until the target has taken over.`,
      yes: 'Complete now',
      style: 'danger',
    },
  })
}

function menuItems(migration: MigrationCard): readonly MenuItem[] {
  const { shortId: m, version: v } = migration
  const can = canDo(migration)
  const item = (text: string, action: ActionId): MenuItem => ({ text, action, value: { m, v } })
  const hasRun = ['RUNNING', 'COMPLETING', 'PAUSED', 'FAILED'].includes(migration.status)
  const isCompared = migration.status === 'COMPLETED' || migration.problem?.code === 'TARGET_DIFFERS'
  return [
    ...(can('VERIFY') && can('START') ? [item('Verify again', actionIds.verify)] : []),
    ...(can('UNSCHEDULE') ? [item('Take the schedule back', actionIds.unschedule)] : []),
    ...(isFollowing(migration) ? [item('Lag', actionIds.lag)] : []),
    ...(hasRun ? [item('Progress', actionIds.progress), item('Mute alarms…', actionIds.mute)] : []),
    ...(isCompared ? [item('Comparison', actionIds.compare)] : []),
    ...(can('CANCEL') ? [item('Cancel…', actionIds.cancel)] : []),
  ]
}
