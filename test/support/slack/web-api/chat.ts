import { SlackApiError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { limits } from '../limits/numbers.ts'
import { directChannel } from '../state/direct-channel.ts'
import { messageJson } from '../state/message-json.ts'
import type { Channel, Message } from '../state/model.ts'
import { readContent } from './content.ts'
import { type BotCall, botMethod, type Method, visibleChannel } from './method.ts'

const chatWrite = ['chat:write']

/** The methods that post, change and take away messages. */
export const chatMethods: Readonly<Record<string, Method>> = {
  'chat.postMessage': botMethod(chatWrite, postMessage),
  'chat.update': botMethod(chatWrite, updateMessage),
  'chat.delete': botMethod(chatWrite, deleteMessage),
  'chat.postEphemeral': botMethod(chatWrite, postEphemeral),
  'chat.getPermalink': botMethod([], permalinkOf),
}

function postMessage(call: BotCall): JsonObject {
  const { world, workspace, installation, args } = call
  const channel = channelToPostIn(call, args.required('channel'))
  const { text = '', blocks, attachments, metadata } = readContent(world, workspace, args)
  const threadTs = threadOf(call, channel)
  const message = world.messages.post({
    workspaceId: workspace.id,
    channelId: channel.id,
    userId: installation.botUserId,
    botId: installation.botId,
    text,
    broadcast: args.flag('reply_broadcast'),
    ...(blocks === undefined ? {} : { blocks }),
    ...(attachments === undefined ? {} : { attachments }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(threadTs === undefined ? {} : { threadTs }),
  })
  return { ok: true, channel: channel.id, ts: message.ts, message: messageJson(message) }
}

/** The channel of an id; a user's id means the direct messages with the bot. */
export function channelToPostIn(call: BotCall, channelId: string): Channel {
  const { workspace, installation, world } = call
  if (workspace.users.has(channelId))
    return directChannel(workspace, world.ids, [installation.botUserId, channelId]).channel
  const channel = visibleChannel(call, channelId)
  if (channel.archived) throw new SlackApiError('is_archived')
  if (!channel.members.has(installation.botUserId)) {
    if (!installation.scopes.includes('chat:write.public')) throw new SlackApiError('not_in_channel')
  }
  return channel
}

function threadOf({ world, args }: BotCall, channel: Channel): string | undefined {
  const threadTs = args.optional('thread_ts')
  if (threadTs === undefined) return undefined
  const parent = world.messages.find(channel.id, threadTs)
  if (parent === undefined || parent.ephemeralTo !== undefined) throw new SlackApiError('thread_not_found')
  return parent.threadTs ?? parent.ts
}

function permalinkOf(call: BotCall): JsonObject {
  const { world, workspace, args } = call
  const channel = visibleChannel(call, args.required('channel'))
  const message = world.messages.find(channel.id, args.required('message_ts'))
  if (message === undefined) throw new SlackApiError('message_not_found')
  const permalink = `https://${workspace.domain}.slack.com/archives/${channel.id}/p${message.ts.replace('.', '')}`
  return { ok: true, channel: channel.id, permalink }
}

function updateMessage(call: BotCall): JsonObject {
  const { world, workspace, args } = call
  const message = ownMessage(call, 'cant_update_message')
  const { text, blocks, attachments, metadata } = readContent(world, workspace, args, limits.updatedText)
  // What is left out stays: blocks that are not sent again keep their buttons.
  const changed = world.messages.change(message.channelId, message.ts, {
    ...(text === undefined ? {} : { text }),
    ...(blocks === undefined ? {} : { blocks }),
    ...(attachments === undefined ? {} : { attachments }),
    ...(metadata === undefined ? {} : { metadata }),
  })
  if (changed === undefined) throw new SlackApiError('message_not_found')
  return {
    ok: true,
    channel: changed.channelId,
    ts: changed.ts,
    text: changed.text,
    message: messageJson(changed),
  }
}

function deleteMessage(call: BotCall): JsonObject {
  const message = ownMessage(call, 'cant_delete_message')
  call.world.messages.delete(message.channelId, message.ts)
  return { ok: true, channel: message.channelId, ts: message.ts }
}

function ownMessage(call: BotCall, refusal: string): Message {
  const { world, installation, args } = call
  const channel = visibleChannel(call, args.required('channel'))
  if (channel.archived) throw new SlackApiError('is_archived')
  const message = world.messages.find(channel.id, args.required('ts'))
  if (message === undefined || message.ephemeralTo !== undefined) throw new SlackApiError('message_not_found')
  if (message.userId !== installation.botUserId) throw new SlackApiError(refusal)
  return message
}

function postEphemeral(call: BotCall): JsonObject {
  const { world, workspace, installation, args } = call
  const channel = channelToPostIn(call, args.required('channel'))
  const userId = args.required('user')
  if (!channel.members.has(userId)) throw new SlackApiError('user_not_in_channel')
  const { text = '', blocks, attachments } = readContent(world, workspace, args)
  const threadTs = threadOf(call, channel)
  const message = world.messages.post({
    workspaceId: workspace.id,
    channelId: channel.id,
    userId: installation.botUserId,
    botId: installation.botId,
    text,
    ephemeralTo: userId,
    ...(blocks === undefined ? {} : { blocks }),
    ...(attachments === undefined ? {} : { attachments }),
    ...(threadTs === undefined ? {} : { threadTs }),
  })
  return { ok: true, message_ts: message.ts }
}
