import type { Ids } from './ids.ts'
import type { Channel, Workspace } from './model.ts'

/** The conversation of two people (one may be a bot), made when there is none yet. */
export function directChannel(
  workspace: Workspace,
  ids: Ids,
  userIds: readonly [string, string],
): { channel: Channel; isNew: boolean } {
  const wanted = new Set(userIds)
  for (const channel of workspace.channels.values())
    if (channel.kind === 'im' && wanted.symmetricDifference(channel.members).size === 0)
      return { channel, isNew: false }
  const channel: Channel = {
    id: ids.next('D'),
    workspaceId: workspace.id,
    name: 'directmessage',
    kind: 'im',
    members: wanted,
    archived: false,
  }
  workspace.channels.set(channel.id, channel)
  return { channel, isNew: true }
}
