import type { Logger } from 'pino'
import type { ApiAccess } from './client/index.ts'
import type { Grant } from './people/index.ts'

export { defaultRoles, type Grant, parseRoles } from './people/roles.ts'

export interface SlackOAuthSettings {
  readonly clientId: string
  readonly clientSecret: string
  /** The ids of those that may install the app: everybody on earth who finds the page can ask for it. */
  readonly workspaces: readonly string[]
}

export interface DefaultChannel {
  /** Null: the one workspace that there is. */
  readonly team: string | null
  readonly channel: string
}

export interface SlackSettings {
  /** For one workspace: `xoxb-…`. Without it `oauth` is needed. */
  readonly botToken?: string
  /** For many workspaces, each of which installs the app. Over HTTP only. */
  readonly oauth?: SlackOAuthSettings
  /** Of what comes over HTTP. Needed without `appToken`. */
  readonly signingSecret?: string
  /** For Socket Mode: `xapp-…`. Absent: over HTTP. */
  readonly appToken?: string
  /** Of the Web API, if not slack.com, such as that of GovSlack. */
  readonly apiUrl?: string
  /** Where the cards of migrations are that no channel has asked for. Absent: they have none. */
  readonly defaultChannel?: DefaultChannel
  /** How long it waits to be answered. Absent: the three seconds of slack.com. */
  readonly patienceMs?: number
}

export interface BotSettings {
  readonly slack: SlackSettings
  /** With a token of the scope `admin`: what people may do is limited with each call, to their role. */
  readonly api: ApiAccess
  readonly roles: readonly Grant[]
  /** Whether guests, and people of other workspaces in shared channels, may have a role, by their user id. */
  readonly allowExternal: boolean
  /** Godwit’s; the bot derives its own from it. */
  readonly secretKey: Buffer
  readonly log: Logger
}
