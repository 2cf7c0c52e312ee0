import { isDeepStrictEqual } from 'node:util'
import { isList, isObject, type Json, type JsonObject, objectsOf } from '../json.ts'
import { limits } from './numbers.ts'
import {
  byType,
  exactlyOne,
  flag,
  inside,
  list,
  oneOf,
  type Place,
  report,
  type Rule,
  shape,
  text,
} from './rules.ts'

export function plainText(max: number): Rule {
  return shape({ required: { type: oneOf('plain_text'), text: text(max) }, optional: { emoji: flag } })
}

function markdownText(max: number): Rule {
  return shape({ required: { type: oneOf('mrkdwn'), text: text(max) }, optional: { verbatim: flag } })
}

/** Plain text or mrkdwn. */
export function textObject(max: number): Rule {
  return byType({ plain_text: plainText(max), mrkdwn: markdownText(max) })
}

/** https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object */
export const confirmDialog: Rule = shape({
  required: {
    title: plainText(limits.confirmTitle),
    text: textObject(limits.confirmText),
    confirm: plainText(limits.confirmButton),
    deny: plainText(limits.confirmButton),
  },
  optional: { style: oneOf('primary', 'danger') },
})

function optionWith(label: Rule, more: Readonly<Record<string, Rule>> = {}): Rule {
  return shape({
    required: { text: label, value: text(limits.optionValue) },
    optional: { description: label, ...more },
  })
}

/** Of menus: plain text only. */
export const menuOption = optionWith(plainText(limits.optionText))
/** Of radio buttons and checkboxes, which may have mrkdwn. */
export const choiceOption = optionWith(textObject(limits.optionText))
export const overflowOption = optionWith(plainText(limits.optionText), { url: text(limits.url) })

export const optionGroup: Rule = shape({
  required: {
    label: plainText(limits.optionText),
    options: list(menuOption, limits.selectOptions),
  },
})

/** The options of an element, its groups taken apart. */
export function optionsOf(element: JsonObject): JsonObject[] {
  return [
    ...objectsOf(element.options),
    ...objectsOf(element.option_groups).flatMap((group) => objectsOf(group.options)),
  ]
}

/** What is selected at first must be one of the options, exactly. */
export function initialIsAnOption(element: JsonObject, place: Place): void {
  const options = optionsOf(element)
  const isOption = (initial: Json) => options.some((option) => isDeepStrictEqual(option, initial))
  if (isObject(element.initial_option) && !isOption(element.initial_option))
    report(inside(place, 'initial_option'), 'must be one of the provided options')
  if (isList(element.initial_options) && !element.initial_options.every((initial) => isOption(initial)))
    report(inside(place, 'initial_options'), 'must be among the provided options')
}

export function optionsOrGroups(element: JsonObject, place: Place): void {
  exactlyOne('options', 'option_groups')(element, place)
  initialIsAnOption(element, place)
}
