import type { HomeView, KnownBlock } from '@slack/types'
import { actionIds } from './action-ids.ts'
import { type Alarm, alarmLine } from './alarm.ts'
import { actions, button } from './blocks/buttons.ts'
import { context, header, section } from './blocks/layout.ts'
import { type MigrationLine, migrationBlock } from './lists.ts'
import { code, mrkdwn, none, when } from './mrkdwn.ts'
import { counted, formatCount } from './units.ts'
import { type WaitingMigration, waitingBlock } from './waiting.ts'

/** The first of some, and how many there are. */
interface Part<T> {
  readonly shown: readonly T[]
  readonly total: number
}

export interface HomeAlarm extends Alarm {
  /** Of a migration that the reader has asked for. */
  readonly isMine: boolean
}

export interface Home {
  /** What the reader can decide, complete or mend now. */
  readonly waiting: Part<WaitingMigration>
  /** Those that are not resolved. */
  readonly alarms: Part<HomeAlarm>
  readonly running: Part<MigrationLine>
  /** How many migrations neither run nor are over. */
  readonly others: number
  readonly now: Date
}

/** Slack takes 100 blocks, and of each so much text that ten lines of a part are safe. */
const most = 10

/** What the reader sees of Godwit when they open it: first what waits for them. */
export function homeView({ waiting, alarms, running, others, now }: Home): HomeView {
  return {
    type: 'home',
    blocks: [
      ...actions('home', [
        button({ text: 'New migration…', action: actionIds.new, style: 'primary' }),
        button({ text: 'Endpoints', action: actionIds.runCommand, value: { c: 'endpoints' } }),
        button({ text: 'Refresh', action: actionIds.home }),
      ]),
      ...part('Waits for you', waiting, waitingBlock, 'Nothing.'),
      ...part('Open alarms', alarms, alarmBlock, 'None. All is well.'),
      ...part('Running', running, migrationBlock, 'No migration runs now.'),
      ...otherBlocks(others),
      context(mrkdwn`As of ${when(now, '{time_secs}')}`),
    ],
  }
}

function part<T>(
  title: string,
  { shown, total }: Part<T>,
  draw: (item: T) => KnownBlock,
  nothing: string,
): readonly KnownBlock[] {
  const blocks = shown.slice(0, most).map(draw)
  const more = total - blocks.length
  return [
    header(total === 0 ? title : `${title} · ${formatCount(total)}`),
    ...blocks,
    ...(total === 0 ? [context(mrkdwn`${nothing}`)] : []),
    ...(more > 0
      ? [context(mrkdwn`and ${formatCount(more)} more: ${code('/migrate list')} shows all that are not over`)]
      : []),
  ]
}

function otherBlocks(others: number): readonly KnownBlock[] {
  if (others === 0) return []
  const are = mrkdwn`${counted(others, 'other migration')} ${others === 1 ? 'is' : 'are'} not over: drafts, scheduled, paused or failed ones.`
  return [section(are, button({ text: 'Show list', action: actionIds.runCommand, value: { c: 'list' } }))]
}

function alarmBlock(alarm: HomeAlarm): KnownBlock {
  const { migration, id, state, isMine } = alarm
  const line = mrkdwn`${alarmLine(alarm)}${isMine ? mrkdwn`  ·  *yours*` : none}`
  if (state === 'FIRING')
    return section(line, button({ text: 'Acknowledge', action: actionIds.acknowledge, value: { i: id } }))
  return section(
    line,
    migration === null
      ? undefined
      : button({
          text: 'Show',
          action: actionIds.show,
          value: { m: migration.shortId, v: migration.version },
        }),
  )
}
