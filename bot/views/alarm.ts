import type { Button, KnownBlock } from '@slack/types'
import { type FragmentOf, graphql } from '../client/index.ts'
import { actionIds } from './action-ids.ts'
import { actor, actorFragment } from './actor.ts'
import { actions, button, linkButton } from './blocks/buttons.ts'
import type { ButtonValue } from './button-value.ts'
import { fields, lines, plainContext, section } from './blocks/layout.ts'
import { plain } from './blocks/text.ts'
import { message, type SlackMessage } from './message.ts'
import { given, join, type Mention, mention, type Mrkdwn, mrkdwn, none, sentences, when } from './mrkdwn.ts'
import { route } from './route.ts'
import { formatBytes, formatCount, formatSeconds } from './units.ts'
import type { AlarmUnit } from './words/types.ts'

export const alarmFragment = graphql(
  `
    fragment AlarmMessage on Alarm {
      id
      severity
      state
      message
      unit
      value
      peak
      threshold
      openedAt
      escalatedAt
      resolvedAt
      resolution
      reopenings
      isMutable
      acknowledgement {
        at
        note
        by {
          ...ShownActor
        }
      }
      migration {
        shortId
        name
        version
        source {
          name
        }
        target {
          name
        }
      }
    }
  `,
  [actorFragment],
)

export type Alarm = FragmentOf<typeof alarmFragment>

export interface EscalationOptions {
  /** Link to the card of the migration. */
  readonly cardUrl?: string | undefined
  /** Whom to tell. */
  readonly mentions?: readonly Mention[]
}

/** That nobody has acknowledged an alarm: in its thread, and in the channel. */
export function escalationMessage(
  alarm: Alarm,
  { cardUrl, mentions = [] }: EscalationOptions = {},
): SlackMessage {
  const { message: what, migration } = alarm
  const told = lines(
    join([mrkdwn`🚨 *Nobody has acknowledged it yet.*`, ...mentions.map(mention)], ' '),
    join([migration === null ? none : mrkdwn`${migration.name}`, given(what, 500)], ': '),
  )
  const acknowledge = buttonsOf(alarm).filter(({ action_id: id }) => id === actionIds.acknowledge)
  const open = cardUrl === undefined ? showButtons(alarm) : [linkButton('Open card', cardUrl)]
  return message({
    text: told,
    blocks: [section(told), ...actions('escalation', [...acknowledge, ...open])],
  })
}

/** One alarm, from when it fires until it is resolved: the same message, edited. */
export function alarmMessage(alarm: Alarm): SlackMessage {
  const story = storyOf(alarm)
  return message({
    text: sentences([
      headlineOf(alarm),
      alarm.migration === null ? none : mrkdwn`${alarm.migration.name}`,
      ...story,
    ]),
    blocks: [
      section(headlineOf(alarm)),
      ...(alarm.migration === null
        ? []
        : [
            plainContext(
              plain`${alarm.migration.name}  ·  ${route(alarm.migration)}  ·  ${alarm.migration.shortId}`,
            ),
          ]),
      ...numbers(alarm),
      section(lines(...story)),
      ...actions('alarm', buttonsOf(alarm)),
    ],
  })
}

function headlineOf({ state, severity, message: what, openedAt, resolvedAt }: Alarm): Mrkdwn {
  if (state === 'RESOLVED' && resolvedAt !== null) {
    const seconds = (Date.parse(resolvedAt) - Date.parse(openedAt)) / 1000
    return mrkdwn`✅ *Resolved after ${formatSeconds(seconds)}:* ${given(what, 400)}`
  }
  const mark = state === 'ACKNOWLEDGED' ? '👀' : severity === 'CRITICAL' ? '🚨' : '🔔'
  return mrkdwn`${mark} *${given(what, 400)}*`
}

/** What has happened with it, a line each. */
function storyOf(alarm: Alarm): readonly Mrkdwn[] {
  const { openedAt, reopenings, escalatedAt, state, acknowledgement, resolvedAt, resolution } = alarm
  const again = reopenings === 0 ? none : mrkdwn`, back for the ${ordinal(reopenings)} time`
  const escalated = state === 'FIRING' && escalatedAt !== null
  return [
    mrkdwn`Since ${when(openedAt)}${again}`,
    ...(escalated ? [mrkdwn`*Nobody has acknowledged it.*`] : []),
    ...(acknowledgement === null
      ? []
      : [
          join(
            [
              mrkdwn`👀 Acknowledged by ${actor(acknowledgement.by)}, ${when(acknowledgement.at)}`,
              acknowledgement.note === null ? none : given(acknowledgement.note, 300),
            ],
            ': ',
          ),
        ]),
    ...(resolvedAt === null
      ? []
      : [
          join(
            [mrkdwn`Resolved ${when(resolvedAt)}`, resolution === null ? none : given(resolution, 300)],
            ': ',
          ),
        ]),
  ]
}

function ordinal(count: number): string {
  const endings: Readonly<Record<number, string>> = { 1: 'st', 2: 'nd', 3: 'rd' }
  const ending = Math.floor((count % 100) / 10) === 1 ? undefined : endings[count % 10]
  return `${count}${ending ?? 'th'}`
}

function numbers({ unit, value, peak, threshold, state }: Alarm): readonly KnownBlock[] {
  if (unit === 'NONE') return []
  const worst = ['Worst', mrkdwn`${formatValue(unit, peak)}`] as const
  const mark = ['Alarm from', mrkdwn`${formatValue(unit, threshold)}`] as const
  return [
    fields(
      state === 'RESOLVED' ? [worst, mark] : [['Now', mrkdwn`${formatValue(unit, value)}`], worst, mark],
    ),
  ]
}

const formats: Readonly<Record<AlarmUnit, (value: number) => string>> = {
  BYTES: formatBytes,
  SECONDS: formatSeconds,
  COUNT: formatCount,
  NONE: formatCount,
}

function formatValue(unit: AlarmUnit, value: number): string {
  return formats[unit](value)
}

function buttonsOf(alarm: Alarm): Button[] {
  const { state, isMutable, migration } = alarm
  const about = valueOf(alarm)
  const isOpen = state !== 'RESOLVED'
  return [
    ...(state === 'FIRING'
      ? [
          button({
            text: 'Acknowledge',
            action: actionIds.acknowledge,
            value: about,
            style: 'primary' as const,
          }),
        ]
      : []),
    ...(isOpen && isMutable && migration !== null
      ? [button({ text: 'Mute…', action: actionIds.mute, value: about })]
      : []),
    ...showButtons(alarm),
  ]
}

function showButtons(alarm: Alarm): Button[] {
  if (alarm.migration === null) return []
  return [button({ text: 'Show migration', action: actionIds.show, value: valueOf(alarm) })]
}

function valueOf({ id, migration }: Alarm): ButtonValue {
  return { i: id, ...(migration !== null && { m: migration.shortId, v: migration.version }) }
}

/** An alarm on one line, for lists of them. */
export function alarmLine({ severity, state, message: what, openedAt, migration }: Alarm): Mrkdwn {
  const mark = state === 'ACKNOWLEDGED' ? '👀' : severity === 'CRITICAL' ? '🚨' : '🔔'
  return lines(
    mrkdwn`${mark} ${given(what, 200)}`,
    mrkdwn`${migration?.name ?? ''}${migration === null ? none : mrkdwn`  ·  `}since ${when(openedAt)}`,
  )
}
