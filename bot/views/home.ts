import type { HomeView, KnownBlock } from '@slack/types'
import { actionIds } from './action-ids.ts'
import { type Alarm, alarmLine } from './alarm.ts'
import { actions, button } from './blocks/buttons.ts'
import { context, header, lines, section } from './blocks/layout.ts'
import type { Cutover } from './cutover/fragment.ts'
import { type MigrationLine, migrationBlock } from './lists.ts'
import { mrkdwn, when } from './mrkdwn.ts'
import { counted, formatDuration } from './units.ts'

export interface Home {
  /** Cutovers that the reader can approve now. */
  readonly waiting: readonly Cutover[]
  readonly alarms: readonly Alarm[]
  readonly running: readonly MigrationLine[]
  readonly now: Date
}

const shown = 10

/** What the reader sees of Godwit when they open it: first what waits for them. */
export function homeView({ waiting, alarms, running, now }: Home): HomeView {
  return {
    type: 'home',
    blocks: [
      ...actions('home', [
        button({ text: 'New migration…', action: actionIds.new, style: 'primary' }),
        button({ text: 'Endpoints', action: actionIds.runCommand, value: { c: 'endpoints' } }),
        button({ text: 'Refresh', action: actionIds.home }),
      ]),
      ...part('Waits for you', waiting.map(waitingBlock), 'Nothing.'),
      ...part('Alarms', alarms.map(alarmBlock), 'None. All is well.'),
      ...part('Running', running.map(migrationBlock), 'No migration is active.'),
      context(mrkdwn`As of ${when(now, '{time_secs}')}`),
    ],
  }
}

function part(title: string, blocks: readonly KnownBlock[], nothing: string): readonly KnownBlock[] {
  const more = blocks.length - shown
  return [
    header(title),
    ...blocks.slice(0, shown),
    ...(blocks.length === 0 ? [context(mrkdwn`${nothing}`)] : []),
    ...(more > 0 ? [context(mrkdwn`and ${counted(more, 'more', 'more')}`)] : []),
  ]
}

function waitingBlock({ name, shortId: m, version: v, cutoverPlan: plan }: Cutover): KnownBlock {
  return section(
    lines(
      mrkdwn`🟡 *${name}* is ready for cutover`,
      plan === null
        ? mrkdwn`${m}`
        : mrkdwn`Predicted pause ${formatDuration(plan.predictedPause)}, decide until ${when(plan.expiresAt)}`,
    ),
    button({ text: 'Show plan', action: actionIds.showPlan, value: { m, v }, style: 'primary' }),
  )
}

function alarmBlock(alarm: Alarm): KnownBlock {
  const { migration, id, state } = alarm
  if (state === 'FIRING')
    return section(
      alarmLine(alarm),
      button({ text: 'Acknowledge', action: actionIds.acknowledge, value: { i: id } }),
    )
  return section(
    alarmLine(alarm),
    migration === null
      ? undefined
      : button({
          text: 'Show',
          action: actionIds.show,
          value: { m: migration.shortId, v: migration.version },
        }),
  )
}
