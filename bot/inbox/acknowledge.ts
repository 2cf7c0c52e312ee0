import type { ModalView, View } from '@slack/types'
import { looksLikeSecret } from '../commands/index.ts'
import type { MenuOption, SubmitAnswer } from '../registry.ts'
import type { Delivery } from '../slack/index.ts'
import { plainText } from '../views/blocks/text.ts'
import { notice, passwordRefused } from '../views/index.ts'
import { cutWithin, limits } from '../views/limits.ts'
import { replies } from './replies.ts'

/** What Slack is answered; undefined: that it has arrived, and nothing more. */
export type Acknowledgement = Readonly<Record<string, unknown>> | undefined

export const acknowledgeEmpty: Acknowledgement = undefined

/** Tells the person something at once, without another call. Of a click nothing can be told so. */
export function acknowledgeWith(delivery: Delivery, text: string): Acknowledgement {
  switch (delivery.kind) {
    case 'command':
      return { response_type: 'ephemeral', ...notice(text) }
    case 'submission':
      return { response_action: 'push', view: noticeModal(text) }
    case 'options':
      return { options: [] }
    case 'action':
    case 'event':
      return acknowledgeEmpty
    default:
      return delivery satisfies never
  }
}

/** Whether there is one in what somebody typed. */
export function holdsSecret(delivery: Delivery): boolean {
  switch (delivery.kind) {
    case 'command':
      return looksLikeSecret(delivery.text)
    case 'submission':
      return looksLikeSecret(JSON.stringify(delivery.view.values))
    case 'options':
      return looksLikeSecret(delivery.query)
    case 'action':
    case 'event':
      return false
    default:
      return delivery satisfies never
  }
}

/** What was typed looks like a password. */
export function acknowledgeSecret(delivery: Delivery): Acknowledgement {
  if (delivery.kind !== 'command') return acknowledgeWith(delivery, replies.secret)
  return { response_type: 'ephemeral', ...passwordRefused() }
}

/** Above the modal, so that what was entered there stays. */
export function noticeModal(text: string): ModalView {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: 'That did not work' },
    close: { type: 'plain_text', text: 'Back' },
    blocks: [{ type: 'section', text: plainText(text) }],
  }
}

export function answerOf(answer: SubmitAnswer): Acknowledgement {
  switch (answer.kind) {
    case 'close':
      return acknowledgeEmpty
    case 'errors':
      return { response_action: 'errors', errors: answer.errors }
    case 'update':
    case 'push':
      return { response_action: answer.kind, view: answer.view satisfies View }
    default:
      return answer satisfies never
  }
}

export function optionsOf(found: readonly MenuOption[]): Acknowledgement {
  return {
    options: found.slice(0, limits.selectOptions).map(({ text, value, description }) => ({
      text: plainText(cutWithin(text, limits.optionText), limits.optionText),
      value,
      ...(description !== undefined && { description: plainText(description, limits.optionText) }),
    })),
  }
}
