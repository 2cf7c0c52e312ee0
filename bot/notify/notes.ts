import { z } from 'zod'
import type { Records } from '../records/index.ts'

/** Where a message is, and what it says. */
export const messageNote = z.object({
  team: z.string(),
  channel: z.string(),
  /** Null: it is about to be posted, or was, and nobody knows: the process has died between the two. */
  ts: z.string().nullable().default(null),
  /** Of what it says. */
  hash: z.string().nullable().default(null),
  /** When it was last sent. */
  at: z.string(),
})

export type MessageNote = z.infer<typeof messageNote>

/** The card of a migration, which also says which channel the migration belongs to. */
export const cardNote = messageNote.extend({
  /** Of the last event that the thread tells of; `0` before the first. */
  told: z.string().default('0'),
  /** Events before are not told: the migration was brought to the channel later. */
  since: z.string().nullable().default(null),
  /** Whom to tell when the channel is gone: a user of the workspace. */
  requester: z.string().nullable().default(null),
  /** Why nothing can be posted in its channel any more, as Slack calls it. */
  gone: z.string().nullable().default(null),
  /** Cards in other channels, which are to say where the migration is now. */
  left: z.array(z.object({ team: z.string(), channel: z.string(), ts: z.string() })).default([]),
  /** Nothing more happens to it. */
  ended: z.boolean().default(false),
})

export type CardNote = z.infer<typeof cardNote>

/** The workspace to which a migration belongs. */
export const teamNote = z.object({ team: z.string() })

/** A note as it is in the records. */
export interface Kept<N> {
  readonly key: string
  readonly value: N
  /** 0: not yet. */
  readonly version: number
}

/** Somebody else has changed the note meanwhile: read it, and decide again. */
export class StaleNoteError extends Error {
  override readonly name = 'StaleNoteError'
}

export type RecordsNeeded = Pick<Records, 'find' | 'list' | 'put' | 'delete'>

interface Store {
  readonly records: RecordsNeeded
}

/** Null when there is none. One that another version of the bot has left, and nobody can read, counts as none. */
export async function findNote<N>(
  { records }: Store,
  schema: z.ZodType<N>,
  key: string,
): Promise<Kept<N> | null> {
  const note = await records.find(key)
  if (note === null) return null
  const value = schema.safeParse(note.value).data
  return value === undefined ? null : { key, value, version: note.version }
}

const dayMs = 86_400_000
/** Of what has ended, notes are of use for as long as people may still look at its messages. */
export const keepEndedMs = 90 * dayMs

/** Of messages beside the cards, counted from their last change; undefined: it stays. */
export function lifeOf(key: string): { readonly expiresInMs: number } | undefined {
  return key.startsWith('message/') ? { expiresInMs: keepEndedMs } : undefined
}

/** @throws StaleNoteError */
export async function saveNote<N>(
  { records }: Store,
  { key, version }: Kept<N>,
  value: N,
  expiresInMs?: number,
): Promise<Kept<N>> {
  const options = {
    expectedVersion: version,
    ...lifeOf(key),
    ...(expiresInMs !== undefined && { expiresInMs }),
  }
  const saved = await records.put(key, value, options)
  if (saved === null) throw new StaleNoteError(`the note ${key} has changed`)
  return { key, value, version: saved.version }
}

export function cardKey(shortId: string): string {
  return `card/${shortId}`
}

const place = z.looseObject({ team: z.string(), channel: z.string() })

/** Whether what a record holds is about a message in the same channel. */
export function isSamePlace(value: unknown, { team, channel }: MessageNote): value is object {
  const found = place.safeParse(value).data
  return found?.team === team && found.channel === channel
}
