import { type ChannelPlace, isAt } from '../notify/index.ts'
import type { Turn } from '../turn.ts'

/** Where a migration can belong to; null between one person and the bot. */
export function channelOf({ workspaceId: team, channelId: channel }: Turn): ChannelPlace | null {
  return channel === null || channel.startsWith('D') ? null : { team, channel }
}

/** Whether the migration could be brought to the channel of the turn. */
export async function isAwayFrom(turn: Turn, { shortId }: { readonly shortId: string }): Promise<boolean> {
  const here = channelOf(turn)
  if (here === null) return false
  const home = await turn.homes.find(shortId)
  return home === null || !isAt(home, here)
}
