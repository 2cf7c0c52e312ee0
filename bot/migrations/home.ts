import { z } from 'zod'
import type { Records } from '../records/index.ts'
import type { Turn } from '../turn.ts'

/** The channel that a migration belongs to. */
export interface Home {
  readonly team: string
  readonly channel: string
}

const card = z.looseObject({
  team: z.string(),
  channel: z.string(),
  /** Why nothing can be posted there any more. */
  gone: z.string().nullable().default(null),
})

/** Null when it belongs to no channel, or to one that is gone. */
export async function homeOf(records: Records, shortId: string): Promise<Home | null> {
  const home = card.safeParse((await records.find(`card/${shortId}`))?.value).data
  return home === undefined || home.gone !== null ? null : { team: home.team, channel: home.channel }
}

/** Those that belong to the channel, active or not. */
export async function migrationsAt(records: Records, { team, channel }: Home): Promise<ReadonlySet<string>> {
  const prefix = `channel/${team}/${channel}/`
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

/** The migration belongs to the channel from now on: its card, its thread and its alarms are there. */
export async function moveIn({ records, person }: Turn, home: Home, shortId: string): Promise<void> {
  const { team, channel } = home
  for (;;) {
    const note = await records.find(`card/${shortId}`)
    const before = card.safeParse(note?.value).data
    if (before !== undefined && before.gone === null && isSame(before, home)) break
    if (before !== undefined) await records.delete(`channel/${before.team}/${before.channel}/${shortId}`)
    const value = { team, channel, requester: person.userId, at: new Date().toISOString() }
    if ((await records.put(`card/${shortId}`, value, { expectedVersion: note?.version ?? 0 })) !== null) break
  }
  await records.put(`channel/${team}/${channel}/${shortId}`, {})
  await records.put(`hail/${shortId}`, {}, { expiresInMs: hailMs })
}

/** How long whoever keeps the cards may take to notice. */
const hailMs = 3_600_000
