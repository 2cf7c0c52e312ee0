import type { OutgoingMessage } from '../../slack/index.ts'
import { section } from '../../views/blocks/layout.ts'
import { message } from '../../views/message.ts'
import { given, join, mention, type Mention, type Mrkdwn, mrkdwn, person } from '../../views/mrkdwn.ts'
import { actions, button } from '../../views/blocks/buttons.ts'
import { actionIds } from '../../views/action-ids.ts'
import { formatSeconds } from '../../views/units.ts'
import type { GoneChannel } from '../binding.ts'
import type { ToldEvent } from '../events.ts'
import type { Alarm, Plan } from './fragments.ts'

function simple(text: Mrkdwn, blocks: OutgoingMessage['blocks'] = []): OutgoingMessage {
  const made = message({ text, blocks: [section(text)] })
  return { ...made, blocks: [...made.blocks, ...blocks] }
}

export function plainAlarm(alarm: Alarm, _now: Date): OutgoingMessage {
  const name = alarm.migration?.name ?? ''
  const said = mrkdwn`*${name}*: ${given(alarm.message, 500)}`
  if (alarm.resolvedAt !== null) {
    const seconds = (Date.parse(alarm.resolvedAt) - Date.parse(alarm.openedAt)) / 1000
    return simple(join([said, mrkdwn`resolved after ${formatSeconds(seconds)}`], '\n'))
  }
  if (alarm.acknowledgement !== null) {
    const { by } = alarm.acknowledgement
    return simple(join([said, mrkdwn`acknowledged by ${person(by.onBehalfOf ?? by.name)}`], '\n'))
  }
  const acknowledge = button({ text: 'Acknowledge', action: actionIds.acknowledge, value: { i: alarm.id } })
  return simple(said, actions('alarm', [acknowledge]))
}

export function plainEscalation(alarm: Alarm): OutgoingMessage {
  return simple(
    mrkdwn`Nobody has acknowledged: *${alarm.migration?.name ?? ''}*: ${given(alarm.message, 500)}`,
  )
}

export interface PlanToShow {
  readonly migration: { readonly shortId: string; readonly name: string }
  readonly plan: Plan
  readonly mentions: readonly Mention[]
  readonly now: Date
}

export function plainPlan({ migration, plan, mentions }: PlanToShow): OutgoingMessage {
  const decisions = plan.decisions.map(
    (each) => mrkdwn`${person(each.person)} ${each.decision} ${given(each.reason ?? '', 300)}`,
  )
  const text = join(
    [
      mrkdwn`*${migration.name}* is ready for cutover: ${plan.status} ${given(plan.voidReason ?? '', 300)}`,
      join(mentions.map(mention), ' '),
      ...decisions,
    ],
    '\n',
  )
  if (plan.status !== 'PENDING') return simple(text)
  const approve = button({
    text: 'Approve',
    action: actionIds.approve,
    value: { m: migration.shortId, d: plan.digest },
  })
  return simple(text, actions('plan', [approve]))
}

export function plainEvent(shortId: string, { message: said }: ToldEvent): OutgoingMessage {
  return simple(mrkdwn`*${shortId}*: ${given(said, 1000)}`)
}

export function plainEvents(events: readonly ToldEvent[]): OutgoingMessage {
  return simple(
    join(
      events.map((event) => given(event.message, 180)),
      '\n',
    ),
  )
}

export function deletedMessage(shortId: string): OutgoingMessage {
  return simple(mrkdwn`The migration ${shortId} was deleted.`)
}

export function channelGoneMessage({ shortId, channel, movedTo }: GoneChannel): OutgoingMessage {
  const where =
    movedTo === null
      ? mrkdwn`Nobody is told of its alarms in Slack now. Bring it to another channel with \`/migrate watch ${shortId}\` there.`
      : mrkdwn`Its messages are in <#${movedTo}> now.`
  return simple(
    mrkdwn`I cannot post in <#${channel}> any more, where the migration ${shortId} was shown: the channel is archived, or I was removed from it. ${where}`,
  )
}
