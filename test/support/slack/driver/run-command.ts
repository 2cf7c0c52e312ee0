import { SlackApiError, SlackClientError } from '../errors.ts'
import { asText, isObject, type Json } from '../json.ts'
import type { Channel, User, Workspace } from '../state/model.ts'
import { respond } from '../web-api/respond.ts'
import { type Interaction, interactionOf, type Stage } from './stage.ts'

/** Slack's own, which tells people what went wrong. */
const slackbotId = 'USLACKBOT'

/** Types a slash command into a channel. The app's answer is posted; its failure is told by Slackbot. */
export async function runCommand(
  stage: Stage,
  user: User,
  channel: Channel,
  typed: string,
): Promise<Interaction> {
  const { world, dispatcher, baseUrl } = stage
  const workspace = world.workspace(channel.workspaceId)
  const [command = '', ...rest] = typed.split(' ')
  const isStranger = user.workspaceId !== workspace.id
  if (!world.app.commands.includes(command) || isStranger)
    throw new SlackClientError(`${command} is not a valid command`)
  const target = { workspaceId: workspace.id, channelId: channel.id, userId: user.id }
  const delivery = await dispatcher.deliver({
    kind: 'slash_commands',
    payload: {
      token: world.app.verificationToken,
      team_id: workspace.id,
      team_domain: workspace.domain,
      channel_id: channel.id,
      channel_name: channel.name,
      user_id: user.id,
      user_name: user.name,
      command,
      text: escapeTyped(workspace, rest.join(' ').trim(), world.app.escapeCommands),
      api_app_id: world.app.appId,
      is_enterprise_install: 'false',
      response_url: `${baseUrl}${world.responseUrls.issue('commands', target)}`,
      trigger_id: world.triggers.issue(target),
    },
  })
  const { outcome } = delivery
  const error = outcome.acknowledged ? showAnswer(stage, target, outcome.body) : outcome.error
  if (error === undefined) return interactionOf(delivery)
  world.messages.post({
    ...target,
    userId: slackbotId,
    text: `${command} failed with the error "${error}"`,
    ephemeralTo: user.id,
  })
  return { delivery, error }
}

function showAnswer(
  { world }: Stage,
  target: Parameters<typeof respond>[1],
  body: Json | undefined,
): string | undefined {
  if (body === undefined) return undefined
  try {
    respond(world, target, isObject(body) ? body : { text: asText(body) })
    return undefined
  } catch (error) {
    if (!(error instanceof SlackApiError)) throw error
    return 'invalid_command_response'
  }
}

/** `&`, `<` and `>` are always escaped; people, channels and links when the app asked for it in its manifest. */
function escapeTyped(workspace: Workspace, typed: string, withLinks: boolean): string {
  const safe = typed.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  if (!withLinks) return safe
  const users = new Map([...workspace.users.values()].map((user) => [user.name, user.id]))
  const channels = new Map([...workspace.channels.values()].map((channel) => [channel.name, channel.id]))
  return safe
    .replaceAll(/\bhttps?:\/\/\S+/g, (url) => `<${url}>`)
    .replaceAll(
      /(?<![\w./@<:-])[\w-]+(?:\.[\w-]+)*\.(?:com|dev|io|net|org)\b(?![\w.])/g,
      (host) => `<http://${host}|${host}>`,
    )
    .replaceAll(/@([\w.-]+)/g, (whole, name: string) => link(users.get(name), '@', name) ?? whole)
    .replaceAll(/#([\w-]+)/g, (whole, name: string) => link(channels.get(name), '#', name) ?? whole)
}

function link(id: string | undefined, sign: string, name: string): string | undefined {
  return id === undefined ? undefined : `<${sign}${id}|${name}>`
}
