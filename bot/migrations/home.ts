import type { ChannelPlace } from '../notify/index.ts'
import type { Turn } from '../turn.ts'

/** Where a migration can belong to; null between one person and the bot. */
export function channelOf({ workspaceId: team, channelId: channel }: Turn): ChannelPlace | null {
  return channel === null || channel.startsWith('D') ? null : { team, channel }
}
