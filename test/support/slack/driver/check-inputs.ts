import { SlackClientError } from '../errors.ts'
import { asText, type Json, type JsonObject, objectsOf, stringOf } from '../json.ts'
import { elementsOf, type PlacedElement, stateFieldOf } from '../state/input-state.ts'
import type { View } from '../state/model.ts'
import { nameOf } from './find-element.ts'

/**
 * What Slack's client checks before it submits a modal.
 * @throws SlackClientError in the client's words, with the label of the input
 */
export function checkInputs(view: View): void {
  const inputs = elementsOf(objectsOf(view.body.blocks)).filter(({ block }) => block.type === 'input')
  const problems = inputs.flatMap((placed) => {
    const problem = problemWith(placed, enteredIn(view, placed))
    return problem === undefined ? [] : [{ placed, problem }]
  })
  const [first] = problems
  if (first === undefined) return
  const atBlocks = problems.map(({ placed, problem }) => [stringOf(placed.block.block_id) ?? '', problem])
  throw new SlackClientError(`${nameOf(first.placed)}: ${first.problem}`, Object.fromEntries(atBlocks))
}

function enteredIn(view: View, { block, element }: PlacedElement): Json {
  const field = stateFieldOf(element)
  const entry = view.state[stringOf(block.block_id) ?? '']?.[stringOf(element.action_id) ?? '']
  return (field === undefined ? undefined : entry?.[field]) ?? null
}

function problemWith({ block, element }: PlacedElement, entered: Json): string | undefined {
  const isEmpty = entered === null || entered === '' || (Array.isArray(entered) && entered.length === 0)
  if (isEmpty) return block.optional === true ? undefined : 'Please complete this required field.'
  if (typeof entered !== 'string') return undefined
  return formatChecks[asText(element.type)]?.(element, entered)
}

const formatChecks: Readonly<Record<string, (element: JsonObject, entered: string) => string | undefined>> = {
  plain_text_input: (element, entered) => {
    const { min_length: min = 0, max_length: max = 3000 } = element
    if (typeof min === 'number' && entered.length < min) return `Please enter at least ${min} characters.`
    if (typeof max === 'number' && entered.length > max)
      return `Please enter fewer than ${max + 1} characters.`
    if (element.multiline !== true && entered.includes('\n')) return 'This field has one line.'
    return undefined
  },
  number_input: (element, entered) => {
    const number = Number(entered)
    if (entered.trim() === '' || !Number.isFinite(number)) return 'Please enter a number.'
    if (element.is_decimal_allowed !== true && !Number.isInteger(number))
      return 'Please enter a whole number.'
    if (number < Number(element.min_value ?? -Infinity)) return 'This number is too small.'
    if (number > Number(element.max_value ?? Infinity)) return 'This number is too large.'
    return undefined
  },
  email_text_input: (_element, entered) =>
    /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(entered) ? undefined : 'Please enter a valid email address.',
  url_text_input: (_element, entered) => (URL.canParse(entered) ? undefined : 'Please enter a valid URL.'),
  datepicker: (_element, entered) =>
    /^\d{4}-\d{2}-\d{2}$/.test(entered) ? undefined : 'Please choose a date.',
  timepicker: (_element, entered) =>
    /^([01]\d|2[0-3]):[0-5]\d$/.test(entered) ? undefined : 'Please choose a time.',
}
