import { apiText } from '../../views/api-text.ts'
import { sentence, type SlackMessage } from '../../views/message.ts'
import { code, given, type Mrkdwn, mrkdwn, none } from '../../views/mrkdwn.ts'
import { invitation } from '../../views/words/invitation.ts'
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

export function channelGoneMessage(gone: GoneChannel): SlackMessage {
  return sentence(gone.isUninvited ? uninvitedText(gone) : goneText(gone))
}

function uninvitedText({ shortId, channel, movedTo }: GoneChannel): Mrkdwn {
  const watch = code(`/migrate watch ${shortId}`)
  return mrkdwn`I am not in <#${channel}>, so the migration ${shortId} cannot be shown there. ${toldWhere(movedTo)} ${given(invitation)} in that channel, then ${watch} there.`
}

function goneText({ shortId, channel, movedTo }: GoneChannel): Mrkdwn {
  const bring =
    movedTo === null ? mrkdwn` ${code(`/migrate watch ${shortId}`)} brings it to another channel.` : none
  return mrkdwn`I cannot post in <#${channel}> any more, where the migration ${shortId} was shown: the channel is archived, or I was removed from it. ${toldWhere(movedTo)}${bring}`
}

function toldWhere(movedTo: string | null): Mrkdwn {
  return movedTo === null
    ? mrkdwn`Nobody is told of its alarms in Slack now.`
    : mrkdwn`Its messages are in <#${movedTo}> now.`
}
