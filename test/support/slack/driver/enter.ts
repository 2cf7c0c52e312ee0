import { SlackClientError } from '../errors.ts'
import { asText, type Json, type JsonObject, shownText } from '../json.ts'
import { optionsOf } from '../limits/composition-rules.ts'
import { type PlacedElement, stateFieldOf } from '../state/input-state.ts'
import type { Workspace } from '../state/model.ts'
import { nameOf } from './find-element.ts'

/** What a person enters: text, an option's text or value, several of them, a user's or channel's name; null for nothing. */
export type Entry = string | number | Date | readonly string[] | null

export interface EntryContext {
  readonly workspace: Workspace
  /** The options that the app offered for an external menu. */
  readonly offered: readonly JsonObject[]
}

/**
 * The entry in `state.values` after a person entered something.
 * @throws SlackClientError when the element does not take it: not one of its options, no such user
 */
export function enter(placed: PlacedElement, entry: Entry, context: EntryContext): JsonObject {
  const type = asText(placed.element.type)
  const field = stateFieldOf(placed.element)
  if (field === undefined) throw new SlackClientError(`nothing can be entered into a ${type}`)
  return { type, [field]: entry === null ? emptyOf(field) : fieldValue(placed, field, entry, context) }
}

function emptyOf(field: string): Json {
  return field.endsWith('s') ? [] : null
}

function fieldValue(
  placed: PlacedElement,
  field: string,
  entry: Exclude<Entry, null>,
  context: EntryContext,
): Json {
  switch (field) {
    case 'selected_option':
      return chosenOption(placed, String(entry), context)
    case 'selected_options':
      return several(placed, entry).map((one) => chosenOption(placed, one, context))
    case 'selected_user':
      return userId(context.workspace, String(entry))
    case 'selected_users':
      return several(placed, entry).map((one) => userId(context.workspace, one))
    case 'selected_conversation':
    case 'selected_channel':
      return channelId(context.workspace, String(entry))
    case 'selected_date_time':
      return entry instanceof Date ? Math.floor(entry.getTime() / 1000) : Number(entry)
    default:
      return String(entry)
  }
}

function several({ element }: PlacedElement, entry: Exclude<Entry, null>): readonly string[] {
  const chosen = typeof entry === 'object' && !(entry instanceof Date) ? entry : [String(entry)]
  const max = element.max_selected_items
  if (typeof max === 'number' && chosen.length > max)
    throw new SlackClientError(`no more than ${max} can be chosen`)
  return chosen
}

/** As it is sent to the app: text and value, without the rest. */
function chosenOption(placed: PlacedElement, wanted: string, { offered }: EntryContext): JsonObject {
  const options = asText(placed.element.type).includes('external') ? offered : optionsOf(placed.element)
  const option =
    options.find((candidate) => candidate.value === wanted) ??
    options.find((candidate) => shownText(candidate.text) === wanted)
  if (option === undefined)
    throw new SlackClientError(
      `'${wanted}' is no option of '${nameOf(placed)}'; there is ${options.map((one) => `'${shownText(one.text)}'`).join(', ')}`,
    )
  return { text: option.text, value: option.value }
}

function userId(workspace: Workspace, wanted: string): string {
  for (const user of workspace.users.values())
    if ((user.id === wanted || user.name === wanted) && !user.deactivated) return user.id
  throw new SlackClientError(`there is no user '${wanted}'`)
}

function channelId(workspace: Workspace, wanted: string): string {
  for (const channel of workspace.channels.values())
    if (channel.id === wanted || channel.name === wanted) return channel.id
  throw new SlackClientError(`there is no channel '${wanted}'`)
}
