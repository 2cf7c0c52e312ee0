import { SlackApiError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { Message } from '../state/model.ts'
import type { ResponseTarget } from '../state/response-urls.ts'
import type { World } from '../state/world.ts'
import { Arguments } from './arguments.ts'
import { type Content, readContent } from './content.ts'

/**
 * Does what a POST to a response URL asks: a new message, ephemeral unless told otherwise; or a change to the message
 * that was clicked (https://docs.slack.dev/interactivity/handling-user-interaction).
 * @throws SlackApiError as chat.postMessage does
 */
export function respond(world: World, target: ResponseTarget, body: JsonObject): void {
  const workspace = world.workspace(target.workspaceId)
  const args = new Arguments(body)
  const original =
    target.originalTs === undefined ? undefined : world.messages.find(target.channelId, target.originalTs)
  if (original !== undefined && args.flag('delete_original')) {
    world.messages.delete(original.channelId, original.ts)
    return
  }
  const content = readContent(world, workspace, args)
  if (workspace.channels.get(target.channelId)?.archived === true) throw new SlackApiError('is_archived')
  if (original !== undefined && args.flag('replace_original')) replaceMessage(world, original, content)
  else postResponse(world, target, args, content)
}

/** Here what is left out goes: the response is the whole message. */
function replaceMessage(world: World, original: Message, content: Content): void {
  const { text = '', blocks = [], attachments = [] } = content
  world.messages.change(original.channelId, original.ts, { text, blocks, attachments })
}

/** Also for the body of an acknowledgement of a slash command, which is a response as well. */
function postResponse(world: World, target: ResponseTarget, args: Arguments, content: Content): void {
  const installation = world.installations.get(target.workspaceId)
  if (installation === undefined) throw new SlackApiError('no_service')
  const { text = '', blocks, attachments } = content
  const threadTs = args.optional('thread_ts') ?? target.threadTs
  world.messages.post({
    workspaceId: target.workspaceId,
    channelId: target.channelId,
    userId: installation.botUserId,
    botId: installation.botId,
    text,
    ...(blocks === undefined ? {} : { blocks }),
    ...(attachments === undefined ? {} : { attachments }),
    ...(threadTs === undefined ? {} : { threadTs }),
    ...(args.optional('response_type') === 'in_channel' ? {} : { ephemeralTo: target.userId }),
  })
}
