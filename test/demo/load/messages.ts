import { z } from 'zod'
import type { LoadCounts, LoadLedger } from './session.ts'

/** What the demo tells the process of the load. */
export const loadCommand = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), url: z.string(), transactionsPerSecond: z.number() }),
  /** Tables may be emptied by TRUNCATE from now on. */
  z.object({ type: z.literal('allow truncate') }),
  /** The source may be fenced from now on: that it refuses to be written to is no failure. */
  z.object({ type: z.literal('expect fence') }),
  z.object({ type: z.literal('stop') }),
])

export type LoadCommand = z.infer<typeof loadCommand>

/** What it answers. */
export type LoadReport =
  | { readonly type: 'counts'; readonly counts: LoadCounts }
  | { readonly type: 'error'; readonly message: string }
  /** Every session is closed: nothing writes any more. */
  | { readonly type: 'stopped'; readonly counts: LoadCounts; readonly ledger: LoadLedger }
