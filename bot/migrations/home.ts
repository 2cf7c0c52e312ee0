import { bindMigration, cardKey, cardNote, channelKey } from '../notify/index.ts'
import type { Records } from '../records/index.ts'
import { realClock } from '../slack/index.ts'
import type { Turn } from '../turn.ts'

/** The channel that a migration belongs to. */
export interface Home {
  readonly team: string
  readonly channel: string
}

/** Null when it belongs to no channel, or to one that is gone. */
export async function homeOf(records: Records, shortId: string): Promise<Home | null> {
  const home = cardNote.safeParse((await records.find(cardKey(shortId)))?.value).data
  return home === undefined || home.gone !== null ? null : { team: home.team, channel: home.channel }
}

/** Those that belong to the channel, active or not. */
export async function migrationsAt(records: Records, home: Home): Promise<ReadonlySet<string>> {
  const prefix = channelKey(home, '')
  const shortIds = new Set<string>()
  for await (const { key } of records.list(prefix)) shortIds.add(key.slice(prefix.length))
  return shortIds
}

/** Where a migration can belong to; null between one person and the bot. */
export function channelOf({ workspaceId: team, channelId: channel }: Turn): Home | null {
  return channel === null || channel.startsWith('D') ? null : { team, channel }
}

export function isSame(one: Home, other: Home): boolean {
  return one.team === other.team && one.channel === other.channel
}

/**
 * The migration belongs to the channel from now on: its card, its thread and its alarms are there. What has happened
 * before is told only of a migration that was made there.
 */
export async function moveIn(
  { records, person }: Turn,
  home: Home,
  shortId: string,
  since: 'beginning' | 'now',
): Promise<void> {
  const binding = { ...home, shortId, requester: person.userId, fromNow: since === 'now' }
  await bindMigration({ records, clock: realClock }, binding)
}
