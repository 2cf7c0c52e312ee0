import { SlackApiError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { Channel, Installation, Workspace } from '../state/model.ts'
import type { World } from '../state/world.ts'
import type { Arguments } from './arguments.ts'

export interface OpenCall {
  readonly world: World
  /** Of the simulator, without a slash at its end. */
  readonly baseUrl: string
  readonly args: Arguments
}

/** A call with a bot token. */
export interface BotCall extends OpenCall {
  readonly workspace: Workspace
  readonly installation: Installation
}

export type Method =
  | { readonly token: 'none'; readonly run: (call: OpenCall) => JsonObject }
  | { readonly token: 'app'; readonly run: (call: OpenCall) => JsonObject }
  | {
      readonly token: 'bot'
      /** All of them must have been granted. */
      readonly scopes: readonly string[]
      readonly run: (call: BotCall) => JsonObject
    }

export function botMethod(scopes: readonly string[], run: (call: BotCall) => JsonObject): Method {
  return { token: 'bot', scopes, run }
}

/**
 * The channel that the bot can see.
 * @throws SlackApiError channel_not_found, also for a private channel that the bot is not in
 */
export function visibleChannel({ workspace, installation }: BotCall, channelId: string): Channel {
  const channel = workspace.channels.get(channelId)
  const hidden = channel?.kind !== 'public' && !channel?.members.has(installation.botUserId)
  if (channel === undefined || hidden) throw new SlackApiError('channel_not_found')
  return channel
}

/** @throws SlackApiError missing_scope, which names the scope */
export function requireScope(installation: Installation, scope: string): void {
  if (!installation.scopes.includes(scope)) throw new SlackApiError('missing_scope', [`needed: ${scope}`])
}
