import type { types } from '@slack/bolt'
import type { JsonObject } from '../support/slack/index.ts'

/** Blocks and views that are right, for tests that make one thing wrong. */
export function plain(text: string): JsonObject {
  return { type: 'plain_text', text }
}

export function section(text: string): JsonObject {
  return { type: 'section', text: { type: 'mrkdwn', text } }
}

export function button(text: string, more: JsonObject = {}): JsonObject {
  return { type: 'button', text: plain(text), action_id: text.toLowerCase(), ...more }
}

export function actions(...elements: JsonObject[]): JsonObject {
  return { type: 'actions', elements }
}

export function option(text: string, value = text): JsonObject {
  return { text: plain(text), value }
}

export function input(label: string, element: JsonObject, more: JsonObject = {}): JsonObject {
  return { type: 'input', block_id: label.toLowerCase(), label: plain(label), element, ...more }
}

export function modal(...blocks: JsonObject[]): JsonObject {
  return {
    type: 'modal',
    callback_id: 'sample',
    title: plain('Sample'),
    submit: plain('Save'),
    close: plain('Close'),
    blocks,
  }
}

export const confirmDialog: JsonObject = {
  title: plain('Sure?'),
  text: plain('Writes stop.'),
  confirm: plain('Go'),
  deny: plain('Back'),
}

export function repeat<T>(count: number, item: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => item(index))
}

/** For Bolt, which has types for what is JSON here. */
export function asView(view: JsonObject): types.View {
  const typed: types.View = JSON.parse(JSON.stringify(view))
  return typed
}

export function asBlock(block: JsonObject): types.KnownBlock {
  const typed: types.KnownBlock = JSON.parse(JSON.stringify(block))
  return typed
}

export function letters(count: number): string {
  return 'x'.repeat(count)
}

/** What is wrong, in Slack's words, one a line. */
export function messagesOf(problems: readonly { readonly message: string }[]): string {
  return problems.map(({ message }) => message).join('\n')
}
