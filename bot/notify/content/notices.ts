import { section } from '../../views/blocks/layout.ts'
import { message, type SlackMessage } from '../../views/message.ts'
import { code, given, type Mrkdwn, mrkdwn } from '../../views/mrkdwn.ts'
import type { GoneChannel } from '../channels.ts'
import type { ToldEvent } from '../events.ts'

function said(text: Mrkdwn): SlackMessage {
  return message({ text, blocks: [section(text)] })
}

const marks: Readonly<Partial<Record<ToldEvent['type'], string>>> = {
  BREAK_GLASS: '🚨',
  SOURCE_FENCED: '⛔',
  SOURCE_UNFENCED: '✅',
  CUTOVER_WINDOW_MISSED: '⚠️',
}

export function eventNotice(shortId: string, { type, message: what }: ToldEvent): SlackMessage {
  return said(mrkdwn`${marks[type] ?? 'ℹ️'} *${shortId}:* ${given(what, 1500)}`)
}

export function deletedMessage(shortId: string): SlackMessage {
  return said(mrkdwn`The migration ${shortId} was deleted.`)
}

/** In the place of the card, in the channel where it was. */
export function movedMessage(shortId: string, channel: string): SlackMessage {
  return said(
    mrkdwn`The migration ${shortId} was brought to another channel: it is shown in <#${channel}> now.`,
  )
}

export function channelGoneMessage({ shortId, channel, movedTo }: GoneChannel): SlackMessage {
  const where =
    movedTo === null
      ? mrkdwn`Nobody is told of its alarms in Slack now. ${code(`/migrate watch ${shortId}`)} brings it to another channel.`
      : mrkdwn`Its messages are in <#${movedTo}> now.`
  return said(
    mrkdwn`I cannot post in <#${channel}> any more, where the migration ${shortId} was shown: the channel is archived, or I was removed from it. ${where}`,
  )
}
