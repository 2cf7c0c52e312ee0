import type { Fencing } from './types.ts'

interface FencingWords {
  readonly name: string
  /** What it does to writers. */
  readonly effect: string
}

export const fencingWords: Readonly<Record<Fencing, FencingWords>> = {
  READ_ONLY: { name: 'Read-only', effect: 'The source becomes read-only; open sessions are ended once.' },
  BLOCK_CONNECTIONS: { name: 'Closed', effect: 'The source takes no other sessions.' },
  NONE: { name: 'None', effect: 'Somebody stops the writes before it begins.' },
}
