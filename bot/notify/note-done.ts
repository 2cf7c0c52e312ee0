import { judge } from './failures.ts'
import {
  type CardNote,
  isSamePlace,
  type Kept,
  lifeOf,
  type MessageNote,
  saveNote,
  StaleNoteError,
} from './notes.ts'
import type { Mandate, NotifyNeeds } from './ports.ts'

export type NoteDoneNeeds = Pick<NotifyNeeds, 'records' | 'clock'> & { readonly mandate: Mandate }

/** What a note says of what was done. */
type Done = Partial<Pick<CardNote, 'ts' | 'hash' | 'at' | 'told' | 'left'>>

const againAfterMs = 500

/**
 * Notes what has just been done in Slack, and does not give that up as long as this process tells: whoever found no note of
 * it would do it once more.
 * @throws StaleNoteError when somebody has changed the note meanwhile; what was done is noted all the same
 */
export async function noteDone<N extends MessageNote>(
  needs: NoteDoneNeeds,
  kept: Kept<N>,
  done: Done,
): Promise<Kept<N>> {
  try {
    return await persistently(needs, () => saveNote(needs, kept, { ...kept.value, ...done }))
  } catch (error) {
    if (error instanceof StaleNoteError) await persistently(needs, () => addTo(needs, kept, done))
    throw error
  }
}

async function persistently<T>({ clock, mandate }: NoteDoneNeeds, act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act()
    } catch (error) {
      mandate.signal.throwIfAborted()
      if (judge(error) !== 'later') throw error
      await clock.sleep(againAfterMs, mandate.signal)
    }
  }
}

/** Unless it is about another place by now. */
async function addTo<N extends MessageNote>(
  { records }: NoteDoneNeeds,
  { key, value }: Kept<N>,
  done: Done,
): Promise<void> {
  const note = await records.find(key)
  if (note === null || !isSamePlace(note.value, value)) return
  await records.put(key, { ...note.value, ...done }, { expectedVersion: note.version, ...lifeOf(key) })
}
