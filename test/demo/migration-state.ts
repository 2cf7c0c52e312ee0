/** What the demo reads of a migration. */
import { z } from 'zod'

const dateTime = z.string().transform((text) => new Date(text))
const bigInt = z.string().transform((text) => BigInt(text))

/** `PT12.5S` → 12,500 */
export const durationMs = z.string().transform((text) => Number(text.replace(/^PT(.*)S$/, '$1')) * 1000)

export const migrationFields = `
  id shortId status version worker
  problem { code message remedy }
  steps { name status startedAt finishedAt detail }
  tables(first: 100) {
    nodes { schema table status estimatedRows sizeBytes copiedRows copiedBytes }
  }
  lag { bytes seconds appliedTransactions appliedChanges }
  report { rows bytes fullCopy appliedTransactions appliedChanges
    pause predictedPause compareDuration steps { name duration } }`

export const migrationState = z.object({
  id: z.string(),
  shortId: z.string(),
  status: z.string(),
  version: z.number(),
  worker: z.string().nullable(),
  problem: z.object({ code: z.string(), message: z.string(), remedy: z.string() }).nullable(),
  steps: z.array(
    z.object({
      name: z.string(),
      status: z.enum(['PENDING', 'RUNNING', 'DONE', 'SKIPPED', 'FAILED']),
      startedAt: dateTime.nullable(),
      finishedAt: dateTime.nullable(),
      detail: z.string().nullable(),
    }),
  ),
  tables: z
    .object({
      nodes: z.array(
        z.object({
          schema: z.string(),
          table: z.string(),
          status: z.enum(['PENDING', 'COPYING', 'COPIED']),
          estimatedRows: bigInt.nullable(),
          sizeBytes: bigInt,
          copiedRows: bigInt,
          copiedBytes: bigInt,
        }),
      ),
    })
    .transform(({ nodes }) => nodes),
  lag: z
    .object({
      bytes: bigInt,
      seconds: z.number(),
      appliedTransactions: bigInt,
      appliedChanges: bigInt,
    })
    .nullable(),
  report: z
    .object({
      rows: bigInt,
      bytes: bigInt,
      fullCopy: durationMs,
      appliedTransactions: bigInt,
      appliedChanges: bigInt,
      pause: durationMs,
      predictedPause: durationMs.nullable(),
      compareDuration: durationMs.nullable(),
      steps: z.array(z.object({ name: z.string(), duration: durationMs })),
    })
    .nullable(),
})

export type MigrationState = z.infer<typeof migrationState>
export type StepState = MigrationState['steps'][number]
export type TableState = MigrationState['tables'][number]
export type CompletionReport = NonNullable<MigrationState['report']>
