import { isObject, type JsonObject } from '../json.ts'
import {
  choiceOption,
  confirmDialog,
  initialIsAnOption,
  menuOption,
  optionGroup,
  optionsOrGroups,
  overflowOption,
  plainText,
} from './composition-rules.ts'
import { limits } from './numbers.ts'
import {
  anything,
  exactlyOne,
  flag,
  integer,
  list,
  matching,
  oneOf,
  type Place,
  report,
  type Rule,
  type Shape,
  shape,
  text,
} from './rules.ts'

const common = { action_id: text(limits.id) }
const confirm = { confirm: confirmDialog }
const focus = { focus_on_load: flag }
const placeholder = { placeholder: plainText(limits.placeholder) }
const many = { max_selected_items: integer(1, limits.selectOptions) }
const dispatch = {
  dispatch_action_config: shape({
    required: { trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), 2) },
  }),
}
const someId = matching(/^[A-Z][A-Z0-9]+$/, 'an id')
const date = matching(/^\d{4}-\d{2}-\d{2}$/, 'a date as YYYY-MM-DD')
const time = matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time as HH:mm')

function element(type: string, { required = {}, optional = {}, also }: Shape): Rule {
  return shape({
    required: { type: oneOf(type), ...required },
    optional: { ...common, ...optional },
    ...(also === undefined ? {} : { also }),
  })
}

function menu(type: string, optional: Readonly<Record<string, Rule>>): Rule {
  return element(type, { optional: { ...confirm, ...focus, ...placeholder, ...optional } })
}

function staticMenu(type: string, optional: Readonly<Record<string, Rule>>): Rule {
  const options = {
    options: list(menuOption, limits.selectOptions),
    option_groups: list(optionGroup, limits.optionGroups),
  }
  return element(type, {
    optional: { ...confirm, ...focus, ...placeholder, ...options, ...optional },
    also: optionsOrGroups,
  })
}

function choices(type: string, initial: Readonly<Record<string, Rule>>): Rule {
  return element(type, {
    required: { options: list(choiceOption, limits.choices) },
    optional: { ...confirm, ...focus, ...initial },
    also: initialIsAnOption,
  })
}

function lengthsAgree(value: JsonObject, place: Place): void {
  const { min_length: min, max_length: max } = value
  if (typeof min === 'number' && typeof max === 'number' && min > max)
    report(place, 'min_length must not be greater than max_length')
}

/** Which kinds of conversations have ids that begin so. */
const kindsByLetter: Readonly<Record<string, readonly string[]>> = {
  C: ['public', 'private'],
  G: ['private', 'mpim'],
  D: ['im'],
}

/** A menu of conversations begins with none that its filter leaves out. */
function initialIsOffered({ filter, initial_conversation: initial }: JsonObject, place: Place): void {
  const include = isObject(filter) ? filter.include : undefined
  if (typeof initial !== 'string' || !Array.isArray(include)) return
  const kinds = kindsByLetter[initial.charAt(0)] ?? []
  if (!kinds.some((kind) => include.includes(kind)))
    report(place, 'initial_conversation must be one that the filter includes')
}

/** A select that lists people or channels is a menu without options of its own. */
export const elementRules: Readonly<Record<string, Rule>> = {
  button: element('button', {
    required: { text: plainText(limits.buttonText) },
    optional: {
      ...confirm,
      value: text(limits.buttonValue),
      url: text(limits.url),
      style: oneOf('primary', 'danger'),
      accessibility_label: text(limits.accessibilityLabel),
    },
  }),
  overflow: element('overflow', {
    required: { options: list(overflowOption, limits.overflowOptions) },
    optional: confirm,
  }),
  static_select: staticMenu('static_select', { initial_option: menuOption }),
  multi_static_select: staticMenu('multi_static_select', {
    ...many,
    initial_options: list(menuOption, limits.selectOptions),
  }),
  external_select: menu('external_select', {
    min_query_length: integer(0, 1000),
    initial_option: menuOption,
  }),
  multi_external_select: menu('multi_external_select', {
    ...many,
    min_query_length: integer(0, 1000),
    initial_options: list(menuOption, limits.selectOptions),
  }),
  users_select: menu('users_select', { initial_user: someId }),
  multi_users_select: menu('multi_users_select', {
    ...many,
    initial_users: list(someId, limits.selectOptions),
  }),
  conversations_select: element('conversations_select', {
    optional: {
      ...confirm,
      ...focus,
      ...placeholder,
      initial_conversation: someId,
      default_to_current_conversation: flag,
      response_url_enabled: flag,
      filter: anything,
    },
    also: initialIsOffered,
  }),
  channels_select: menu('channels_select', { initial_channel: someId, response_url_enabled: flag }),
  radio_buttons: choices('radio_buttons', { initial_option: choiceOption }),
  checkboxes: choices('checkboxes', { initial_options: list(choiceOption, limits.choices) }),
  datepicker: element('datepicker', {
    optional: { ...confirm, ...focus, ...placeholder, initial_date: date },
  }),
  timepicker: element('timepicker', {
    optional: { ...confirm, ...focus, ...placeholder, initial_time: time, timezone: text(255) },
  }),
  datetimepicker: element('datetimepicker', {
    optional: { ...confirm, ...focus, initial_date_time: integer(1_000_000_000, 9_999_999_999) },
  }),
  plain_text_input: element('plain_text_input', {
    optional: {
      ...dispatch,
      ...focus,
      ...placeholder,
      initial_value: text(limits.inputLength, 0),
      multiline: flag,
      min_length: integer(0, limits.inputLength),
      max_length: integer(1, limits.inputLength),
    },
    also: lengthsAgree,
  }),
  number_input: element('number_input', {
    required: { is_decimal_allowed: flag },
    optional: {
      ...dispatch,
      ...focus,
      ...placeholder,
      initial_value: text(64),
      min_value: text(64),
      max_value: text(64),
    },
  }),
  email_text_input: element('email_text_input', {
    optional: { ...dispatch, ...focus, ...placeholder, initial_value: text(limits.inputLength) },
  }),
  url_text_input: element('url_text_input', {
    optional: { ...dispatch, ...focus, ...placeholder, initial_value: text(limits.inputLength) },
  }),
  image: shape({
    required: { type: oneOf('image'), alt_text: text(limits.altText) },
    optional: { image_url: text(limits.imageUrl), slack_file: anything },
    also: exactlyOne('image_url', 'slack_file'),
  }),
}
