import { SlackApiError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { directChannel } from '../state/direct-channel.ts'
import type { Channel, User } from '../state/model.ts'
import { type BotCall, botMethod, type Method, requireScope, visibleChannel } from './method.ts'

/** The methods that tell who and where: the app itself, channels, people and groups. */
export const directoryMethods: Readonly<Record<string, Method>> = {
  'auth.test': botMethod([], testAuth),
  'bots.info': botMethod(['users:read'], describeBot),
  'conversations.info': botMethod([], describeChannel),
  'conversations.open': botMethod(['im:write'], openConversation),
  'users.info': botMethod(['users:read'], describeUser),
  'users.lookupByEmail': botMethod(['users:read.email'], findUserByEmail),
  'usergroups.users.list': botMethod(['usergroups:read'], listGroupMembers),
  'reactions.add': botMethod(['reactions:write'], addReaction),
}

function testAuth({ workspace, installation, world }: BotCall): JsonObject {
  return {
    ok: true,
    url: `https://${workspace.domain}.slack.com/`,
    team: workspace.name,
    team_id: workspace.id,
    user: world.app.name,
    user_id: installation.botUserId,
    bot_id: installation.botId,
    is_enterprise_install: false,
  }
}

function describeBot({ args, installation, world }: BotCall): JsonObject {
  if (args.required('bot') !== installation.botId) throw new SlackApiError('bot_not_found')
  const { botId, botUserId } = installation
  const { appId, name } = world.app
  return { ok: true, bot: { id: botId, app_id: appId, user_id: botUserId, name, deleted: false } }
}

const readScopes: Readonly<Record<Channel['kind'], string>> = {
  public: 'channels:read',
  private: 'groups:read',
  im: 'im:read',
}

function describeChannel(call: BotCall): JsonObject {
  const channel = visibleChannel(call, call.args.required('channel'))
  requireScope(call.installation, readScopes[channel.kind])
  return { ok: true, channel: channelJson(call, channel) }
}

function channelJson({ workspace, installation }: BotCall, channel: Channel): JsonObject {
  const isShared = [...channel.members].some(
    (userId) => workspace.users.get(userId)?.workspaceId !== workspace.id,
  )
  return {
    id: channel.id,
    name: channel.name,
    is_channel: channel.kind !== 'im',
    is_im: channel.kind === 'im',
    is_private: channel.kind !== 'public',
    is_archived: channel.archived,
    is_member: channel.members.has(installation.botUserId),
    is_shared: isShared,
    is_ext_shared: isShared,
    context_team_id: workspace.id,
  }
}

function openConversation(call: BotCall): JsonObject {
  const { world, workspace, installation, args } = call
  const userId = args.required('users')
  const user = workspace.users.get(userId)
  if (user === undefined) throw new SlackApiError('user_not_found')
  if (user.deactivated) throw new SlackApiError('user_disabled')
  const { channel, isNew } = directChannel(workspace, world.ids, [installation.botUserId, userId])
  return { ok: true, no_op: !isNew, already_open: !isNew, channel: { id: channel.id } }
}

function describeUser(call: BotCall): JsonObject {
  const { workspace, args } = call
  const user = workspace.users.get(args.required('user'))
  if (user === undefined) throw new SlackApiError('user_not_found')
  return { ok: true, user: userJson(call, user) }
}

/** Only of the workspace itself, and active. */
function findUserByEmail(call: BotCall): JsonObject {
  const { workspace, args } = call
  const email = args.required('email').toLowerCase()
  const user = [...workspace.users.values()].find(
    (each) => each.workspaceId === workspace.id && !each.deactivated && each.email.toLowerCase() === email,
  )
  if (user === undefined) throw new SlackApiError('users_not_found')
  return { ok: true, user: userJson(call, user) }
}

/** Another workspace's person is a stranger, and as a rule hides the e-mail address. */
function userJson({ workspace, installation }: BotCall, user: User): JsonObject {
  const isStranger = user.workspaceId !== workspace.id
  const showsEmail = (!isStranger || user.showsEmailToAll) && installation.scopes.includes('users:read.email')
  return {
    id: user.id,
    team_id: user.workspaceId,
    name: user.name,
    real_name: user.realName,
    tz: user.timeZone,
    deleted: user.deactivated,
    is_bot: user.isBot,
    is_stranger: isStranger,
    is_restricted: user.isGuest,
    is_ultra_restricted: false,
    is_email_confirmed: user.emailConfirmed,
    profile: {
      real_name: user.realName,
      display_name: user.name,
      ...(showsEmail ? { email: user.email } : {}),
    },
  }
}

function listGroupMembers({ workspace, args }: BotCall): JsonObject {
  if (workspace.plan === 'free') throw new SlackApiError('paid_teams_only')
  const group = workspace.userGroups.get(args.required('usergroup'))
  if (group === undefined) throw new SlackApiError('no_such_subteam')
  return { ok: true, users: group.members }
}

function addReaction(call: BotCall): JsonObject {
  const { world, installation, args } = call
  const channel = visibleChannel(call, args.required('channel'))
  if (channel.archived) throw new SlackApiError('is_archived')
  const message = world.messages.find(channel.id, args.required('timestamp'))
  if (message === undefined) throw new SlackApiError('message_not_found')
  const name = args.required('name')
  if (!/^[a-z0-9_+-]+$/.test(name)) throw new SlackApiError('invalid_name')
  const userId = installation.botUserId
  if (message.reactions.some((reaction) => reaction.name === name && reaction.userId === userId))
    throw new SlackApiError('already_reacted')
  const reactions = [...message.reactions, { name, userId }]
  world.messages.change(channel.id, message.ts, { reactions })
  return { ok: true }
}
