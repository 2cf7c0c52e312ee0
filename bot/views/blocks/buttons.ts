import type { ActionsBlock, Button, ConfirmationDialog, Overflow } from '@slack/types'
import { type ActionId, actionIds } from '../action-ids.ts'
import { type ButtonValue, writeButtonValue } from '../button-value.ts'
import { limits } from '../limits.ts'
import { plainText } from './text.ts'

export interface ButtonOptions {
  readonly text: string
  readonly action: ActionId
  readonly value?: ButtonValue
  readonly style?: 'primary' | 'danger'
  readonly confirm?: ConfirmOptions
}

export interface ConfirmOptions {
  readonly title: string
  readonly text: string
  /** What the button that does it says. */
  readonly yes: string
  readonly no?: string
  readonly style?: 'primary' | 'danger'
}

export function button({ text, action, value = {}, style, confirm }: ButtonOptions): Button {
  return {
    type: 'button',
    text: plainText(text, limits.buttonText),
    action_id: action,
    value: writeButtonValue(value),
    ...(style && { style }),
    ...(confirm && { confirm: confirmation(confirm) }),
  }
}

/** Goes to a page, or to a message. */
export function linkButton(text: string, url: string): Button {
  return { type: 'button', text: plainText(text, limits.buttonText), action_id: actionIds.open, url }
}

function confirmation({ title, text, yes, no = 'Not now', style }: ConfirmOptions): ConfirmationDialog {
  return {
    title: plainText(title, limits.confirmTitle),
    text: plainText(text, limits.confirmText),
    confirm: plainText(yes, limits.confirmButton),
    deny: plainText(no, limits.confirmButton),
    ...(style && { style }),
  }
}

export interface MenuItem {
  readonly text: string
  readonly action: ActionId
  readonly value: Omit<ButtonValue, 'a' | 'd' | 'c'>
}

/** What is needed less often, behind three dots. @throws RangeError when it is more than Slack takes: nothing is left out */
export function overflow(items: readonly MenuItem[]): Overflow {
  if (items.length > limits.overflowOptions)
    throw new RangeError(`a menu takes ${limits.overflowOptions} items, and not ${items.length}`)
  return {
    type: 'overflow',
    action_id: actionIds.more,
    options: items.map(({ text, action, value }) => ({
      text: plainText(text, limits.optionText),
      value: writeButtonValue({ a: action, ...value }),
    })),
  }
}

/** A row of buttons; none when there is nothing to click. */
export function actions(blockId: string, elements: ActionsBlock['elements']): ActionsBlock[] {
  return elements.length === 0 ? [] : [{ type: 'actions', block_id: blockId, elements: [...elements] }]
}
