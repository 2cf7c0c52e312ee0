import { z } from 'zod'
import type { OpenView } from '../slack/index.ts'
import type { InputId } from '../views/modals/ids.ts'

const chosen = z.object({ value: z.string() })

const entry = z.object({
  value: z.string().nullish(),
  selected_option: chosen.nullish(),
  selected_options: z.array(chosen).nullish(),
  selected_conversation: z.string().nullish(),
  selected_date_time: z.number().nullish(),
})

/** What was entered cannot be taken. */
export interface Refused {
  /** What is wrong, by input. */
  readonly errors: Readonly<Record<string, string>>
}

/** What the person entered into one input of a modal. */
function entryOf({ values }: OpenView, id: InputId): z.infer<typeof entry> {
  // One element each, by whichever action_id.
  const [entered] = Object.values(values[id] ?? {})
  return entry.safeParse(entered).data ?? {}
}

/** Typed text without the space around it, or the value of what was chosen; empty when there is none. */
export function textOf(view: OpenView, id: InputId): string {
  const { value, selected_option: option, selected_conversation: conversation } = entryOf(view, id)
  return (value ?? option?.value ?? conversation ?? '').trim()
}

/** What was typed, line by line, with the blank ones. */
export function linesOf(view: OpenView, id: InputId): readonly string[] {
  return (entryOf(view, id).value ?? '').split(/\r\n|[\n\r\u2028\u2029]/u)
}

/** The values of all that were chosen. */
export function choicesOf(view: OpenView, id: InputId): readonly string[] {
  return entryOf(view, id).selected_options?.map(({ value }) => value) ?? []
}

export function momentOf(view: OpenView, id: InputId): Date | null {
  const seconds = entryOf(view, id).selected_date_time
  return seconds == null ? null : new Date(seconds * 1000)
}

/** One of the values that are offered; undefined for any other. */
export function oneOf<Value extends string>(
  choices: readonly { readonly value: Value }[],
  value: string,
): Value | undefined {
  return choices.find((choice) => choice.value === value)?.value
}
