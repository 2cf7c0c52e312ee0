import { z } from 'zod'
import { limits } from './limits.ts'

const buttonValue = z.strictObject({
  /** What to do, where one element offers several: an action_id. */
  a: z.string().max(60).optional(),
  /** Short id of the migration. */
  m: z.string().max(40).optional(),
  /** Version of the migration that was looked at. */
  v: z.int().nonnegative().optional(),
  /** Digest of the cutover plan that was looked at. */
  d: z.string().max(128).optional(),
  /** Warnings were shown, and are accepted with the click. */
  w: z.literal(true).optional(),
  /** Id of an alarm or another thing. */
  i: z.string().max(200).optional(),
  /** A command to run, without its slash command. */
  c: z.string().max(200).optional(),
})

/** What a button was about when it was shown. It may be old or forged: the API decides, never this. */
export type ButtonValue = z.infer<typeof buttonValue>

/** As the `value` of a button, or of an option of a menu. */
export function writeButtonValue(value: ButtonValue): string {
  return JSON.stringify(value)
}

/** What came back with a click; undefined when it is none that a button of ours carries. */
export function readButtonValue(text: string | undefined): ButtonValue | undefined {
  if (text === undefined || text.length > limits.buttonValue) return undefined
  try {
    return buttonValue.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
