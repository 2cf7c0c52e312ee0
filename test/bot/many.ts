/** Many workspaces, each of which installs the app. */
import type { BotSettings, SlackSettings } from '../../bot/index.ts'
import { type BotTown, startBotTown } from '../support/bot.ts'
import type { User } from '../support/slack/index.ts'

/** With an administrator of each of two workspaces that may install the app. */
export interface ManyTown extends BotTown {
  readonly anna: User
  readonly bo: User
}

export async function startManyTown(app: { tokenRotation?: boolean } = {}): Promise<ManyTown> {
  const redirectUrls: string[] = []
  const town = await startBotTown('http', {
    slack: { app: { redirectUrls, tokenLifetimeS: 3600, ...app } },
    startsBot: false,
  })
  redirectUrls.push(`${town.api.url}/slack/oauth_redirect`)
  const anna = addAdmin(town, 'anna')
  const bo = addAdmin(town, 'bo')
  await town.restart(asMany(town, [anna, bo]))
  return { ...town, anna, bo, [Symbol.asyncDispose]: () => town[Symbol.asyncDispose]() }
}

/** Of a workspace of their own. */
export function addAdmin({ slack }: BotTown, name: string): User {
  return slack.addUser(slack.addWorkspace({ domain: name }), name)
}

/** The settings for the workspaces of these people. */
export function asMany(
  { slack, settings }: BotTown,
  admins: readonly User[],
  more: Partial<SlackSettings> = {},
): Pick<BotSettings, 'slack'> {
  const { clientId, clientSecret, signingSecret } = slack.app
  const oauth = { clientId, clientSecret, workspaces: admins.map(({ workspaceId }) => workspaceId) }
  return { slack: { oauth, signingSecret, apiUrl: settings.slack.apiUrl ?? '', ...more } }
}

export function installAs(town: BotTown, admin: User) {
  return town.slack.as(admin).install(`${town.api.url}/slack/install`)
}
