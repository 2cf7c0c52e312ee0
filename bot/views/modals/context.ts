import { z } from 'zod'
import { limits } from '../limits.ts'

const modalContext = z.strictObject({
  /** Short id of the migration. */
  m: z.string().max(40).optional(),
  /** Its version when the modal was opened. */
  v: z.int().nonnegative().optional(),
  /** Digest of the cutover plan that was looked at. */
  d: z.string().max(128).optional(),
  /** Id of an alarm or another thing. */
  i: z.string().max(200).optional(),
  /** Channel that it was opened from. */
  c: z.string().max(40).optional(),
})

/** What a modal is about, in its private_metadata. */
export type ModalContext = z.infer<typeof modalContext>

export function writeModalContext(context: ModalContext): string {
  return JSON.stringify(context)
}

/** Undefined when it is none of ours. */
export function readModalContext(text: string | undefined): ModalContext | undefined {
  if (text === undefined || text.length > limits.privateMetadata) return undefined
  try {
    return modalContext.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
