import { SlackClientError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { Dispatcher } from '../delivery/dispatcher.ts'
import type { Delivered } from '../delivery/delivery.ts'
import type { Installation, User, Workspace } from '../state/model.ts'
import type { World } from '../state/world.ts'
import { isMessage, type Surface } from './find-element.ts'

/** What the people on the stage need to act. */
export interface Stage {
  readonly world: World
  readonly dispatcher: Dispatcher
  readonly baseUrl: string
}

/** What came of something that a person did. */
export interface Interaction {
  readonly delivery: Delivered
  /** What the person is told when the app did not do its part: `operation_timeout`, `dispatch_failed`, or what was wrong. */
  readonly error?: string
}

export function interactionOf(delivery: Delivered): Interaction {
  const { outcome } = delivery
  return outcome.acknowledged ? { delivery } : { delivery, error: outcome.error }
}

/** @throws SlackClientError when the app is not installed there */
export function installationIn({ world }: Stage, workspaceId: string): Installation {
  const installation = world.installations.get(workspaceId)
  if (installation === undefined)
    throw new SlackClientError(`the app is not installed in workspace ${workspaceId}`)
  return installation
}

/** What every interactive payload says: who, where, which app. `name` stands in both of its spellings. */
export function basePayload({ world }: Stage, workspace: Workspace, user: User): JsonObject {
  return {
    user: { id: user.id, username: user.name, name: user.name, team_id: user.workspaceId },
    team: { id: workspace.id, domain: workspace.domain },
    enterprise: null,
    is_enterprise_install: false,
    api_app_id: world.app.appId,
    token: world.app.verificationToken,
  }
}

/**
 * What is on the screen now in the place of something that was seen before.
 * @throws SlackClientError when it is gone, or the person cannot see it
 */
export function currently(stage: Stage, user: User, seen: Surface): Surface {
  const { messages, views } = stage.world
  if (!isMessage(seen)) {
    const view = seen.type === 'home' ? views.home(user.id) : views.top(user.id)
    if (view?.id !== seen.id) throw new SlackClientError('that view is not open (any more)')
    return view
  }
  const message = messages.find(seen.channelId, seen.ts)
  if (message === undefined) throw new SlackClientError('that message was deleted')
  refuseInvisible(stage, user, seen)
  return message
}

function refuseInvisible({ world }: Stage, user: User, message: Surface): void {
  if (!isMessage(message)) return
  const channel = world.workspace(message.workspaceId).channels.get(message.channelId)
  if (channel?.members.has(user.id) !== true)
    throw new SlackClientError(`${user.name} is not in the channel of that message`)
  if (channel.archived) throw new SlackClientError('the channel of that message is archived')
  if (message.ephemeralTo !== undefined && message.ephemeralTo !== user.id)
    throw new SlackClientError(`${user.name} does not see that message: it is for someone else only`)
}
