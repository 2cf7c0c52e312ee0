import { apiText } from '../../views/api-text.ts'
import { sentence, type SlackMessage } from '../../views/message.ts'
import { code, mrkdwn } from '../../views/mrkdwn.ts'
import type { GoneChannel } from '../channels.ts'
import type { ToldEvent } from '../events.ts'

const marks: Readonly<Partial<Record<ToldEvent['type'], string>>> = {
  BREAK_GLASS: '🚨',
  SOURCE_FENCED: '⛔',
  SOURCE_UNFENCED: '✅',
  CUTOVER_WINDOW_MISSED: '⚠️',
}

/** For the channel, where it must not tell whoever is named in it. */
export function eventNotice(
  shortId: string,
  { type, message: what }: ToldEvent,
  workspaceId: string,
): SlackMessage {
  const naming = { workspaceId, only: null }
  return sentence(mrkdwn`${marks[type] ?? 'ℹ️'} *${shortId}:* ${apiText(what, 1500, naming)}`)
}

export function deletedMessage(shortId: string): SlackMessage {
  return sentence(mrkdwn`The migration ${shortId} was deleted.`)
}

/** In the place of the card, in the channel where it was. */
export function movedMessage(shortId: string, channel: string): SlackMessage {
  return sentence(
    mrkdwn`The migration ${shortId} was brought to another channel: it is shown in <#${channel}> now.`,
  )
}

export function channelGoneMessage({ shortId, channel, movedTo }: GoneChannel): SlackMessage {
  const where =
    movedTo === null
      ? mrkdwn`Nobody is told of its alarms in Slack now. ${code(`/migrate watch ${shortId}`)} brings it to another channel.`
      : mrkdwn`Its messages are in <#${movedTo}> now.`
  return sentence(
    mrkdwn`I cannot post in <#${channel}> any more, where the migration ${shortId} was shown: the channel is archived, or I was removed from it. ${where}`,
  )
}
