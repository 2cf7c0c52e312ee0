import { asText, isObject, type JsonObject, objectsOf } from '../../../json.ts'
import { atOf, type Placed } from '../surface.ts'
import type { OptionGroup } from './option-list.ts'

/** What a menu offers for what was typed into its search field; the error when the app was asked in vain. */
export async function optionsFor(
  placed: Placed,
  query: string,
): Promise<{ groups: readonly OptionGroup[]; error?: string }> {
  const type = asText(placed.element.type)
  if (!type.includes('external')) return { groups: filtered(ownGroups(placed), query) }
  const { state, on } = placed.surface
  const { options, error } = await state.do({ do: 'search', on, at: atOf(placed), query })
  return { groups: [{ options }], ...(error === null ? {} : { error }) }
}

/** How much has to be typed before an external menu asks the app. */
export function minQueryLength({ element }: Placed): number {
  if (!asText(element.type).includes('external')) return 0
  return typeof element.min_query_length === 'number' ? element.min_query_length : 3
}

function ownGroups({ surface, element }: Placed): OptionGroup[] {
  const { state } = surface
  const type = asText(element.type)
  if (type.endsWith('users_select')) {
    const people = state.frame.users.filter((user) => !user.isBot && state.knows(user))
    return [{ options: people.map(({ id, realName, name }) => personOption(id, realName, name)) }]
  }
  if (type.endsWith('conversations_select') || type.endsWith('channels_select')) {
    const kinds = type.endsWith('channels_select') ? ['public'] : kindsIn(element)
    const channels = state.frame.channels.filter(({ kind }) => kind !== 'im' && kinds.includes(kind))
    return [{ options: channels.map(({ id, name }) => ({ text: plain(`#${name}`), value: id })) }]
  }
  const groups = objectsOf(element.option_groups)
  if (groups.length === 0) return [{ options: objectsOf(element.options) }]
  return groups.map(({ label, options }) => ({
    options: objectsOf(options),
    ...(isObject(label) ? { label } : {}),
  }))
}

/** Which channels a menu of conversations wants to offer. */
function kindsIn({ filter }: JsonObject): readonly unknown[] {
  const include = isObject(filter) ? filter.include : undefined
  return Array.isArray(include) ? include : ['public', 'private']
}

function personOption(id: string, realName: string, name: string): JsonObject {
  return { text: plain(realName), value: id, ...(realName === name ? {} : { description: plain(name) }) }
}

function plain(text: string): JsonObject {
  return { type: 'plain_text', text }
}

function filtered(groups: readonly OptionGroup[], query: string): OptionGroup[] {
  const wanted = query.toLowerCase()
  return groups.map(({ options, ...group }) => ({
    ...group,
    options: options.filter((option) => JSON.stringify(option.text).toLowerCase().includes(wanted)),
  }))
}

/** What is chosen now: from what was entered, else what the element starts with. */
export function chosenIn(placed: Placed, entered: JsonObject | undefined): JsonObject[] {
  const { element } = placed
  const from = entered ?? {
    selected_option: element.initial_option,
    selected_options: element.initial_options,
    selected_user: element.initial_user,
    selected_users: element.initial_users,
    selected_conversation: element.initial_conversation,
    selected_channel: element.initial_channel,
  }
  const ids = [
    from.selected_user,
    from.selected_conversation,
    from.selected_channel,
    ...(Array.isArray(from.selected_users) ? from.selected_users : []),
  ].filter((id) => typeof id === 'string')
  const named = ownGroups(placed).flatMap(({ options }) => options)
  return [
    ...objectsOf([from.selected_option ?? null]),
    ...objectsOf(from.selected_options),
    ...ids.map((id) => named.find(({ value }) => value === id) ?? { text: plain(id), value: id }),
  ]
}
