import { z } from 'zod'

/** `fast` ends sessions and writes a checkpoint; `immediate` leaves recovery to the next start. */
const shutdownMode = z.enum(['fast', 'immediate'])
export type ShutdownMode = z.infer<typeof shutdownMode>

const guardianOrder = z.object({
  /** The home directory of the server, as the account can reach it. */
  home: z.string(),
  /** The directory that holds bin, lib and share. */
  programs: z.string(),
  majorVersion: z.number(),
  account: z.object({ uid: z.number(), gid: z.number() }).optional(),
  /** Absent: a free one. */
  port: z.number().optional(),
  settings: z.record(z.string(), z.string()),
  /** Delete the home once the server has ended. */
  isTemporary: z.boolean(),
})
export type GuardianOrder = z.infer<typeof guardianOrder>

/** What the owner tells its guardian. When the channel closes, the guardian shuts the server down. */
export const ownerMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), order: guardianOrder }),
  z.object({ type: z.literal('stop'), mode: shutdownMode }),
])
export type OwnerMessage = z.infer<typeof ownerMessage>

const readyServer = z.object({ port: z.number(), password: z.string(), postmasterPid: z.number() })
export type ReadyServer = z.infer<typeof readyServer>

const failure = z.object({
  code: z.enum(['EMBEDDED_SERVER_IN_USE', 'EMBEDDED_SERVER_FAILED']),
  message: z.string(),
  remedy: z.string().optional(),
})
type Failure = z.infer<typeof failure>

/** What the guardian tells its owner. */
export const guardianMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), server: readyServer }),
  z.object({ type: z.literal('failed'), failure }),
  z.object({ type: z.literal('stopped') }),
])
export type GuardianMessage = z.infer<typeof guardianMessage>

/**
 * A failure inside the guardian, to become a GodwitError in its owner. The guardian stays a small process:
 * it does not load the engine, where GodwitError lives.
 */
export class ServerFailure extends Error {
  override readonly name = 'ServerFailure'
  readonly code: Failure['code']
  readonly remedy: string | undefined

  constructor(code: Failure['code'], message: string, options: { remedy?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.remedy = options.remedy
  }
}

/** An error of any kind, as it is told to the owner. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof ServerFailure) {
    const { code, message, remedy } = error
    return { code, message, ...(remedy !== undefined && { remedy }) }
  }
  return { code: 'EMBEDDED_SERVER_FAILED', message: error instanceof Error ? error.message : String(error) }
}
