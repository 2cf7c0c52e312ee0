import type { ShownMessage } from '../../wire.ts'
import { h } from '../dom.ts'
import { type Item, reconcile } from '../reconcile.ts'
import type { State } from '../state.ts'
import { formatDay } from '../text/dates.ts'
import { renderMessage, replyCount, secondsOf, zone } from './message.ts'

export interface ListOptions {
  readonly onOpenThread?: (message: ShownMessage) => void
  /** The message that the others reply to: a line below it counts them. */
  readonly parentTs?: string
}

const together = 5 * 60

/** Draws messages, the newest at the end, and stays at the end when the reader is there. */
export function drawMessages(
  list: HTMLElement,
  state: State,
  messages: readonly ShownMessage[],
  options: ListOptions = {},
): void {
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60
  reconcile(list, itemsOf(state, messages, options))
  if (isAtEnd) list.scrollTop = list.scrollHeight
}

function itemsOf(state: State, messages: readonly ShownMessage[], options: ListOptions): Item[] {
  return messages.flatMap((message, index): Item[] => {
    const before = messages[index - 1]
    const isReplyToFirst = before !== undefined && before.ts === options.parentTs
    const day = formatDay(secondsOf(message), zone(state))
    const isNewDay = before === undefined || formatDay(secondsOf(before), zone(state)) !== day
    const isContinued = !isNewDay && !isReplyToFirst && continues(before, message)
    return [
      ...(isReplyToFirst ? [separator('replies', replyCount(messages.length - 1))] : []),
      ...(isNewDay ? [separator(`day ${message.channelId}`, day)] : []),
      itemOf(state, message, isContinued, options),
    ]
  })
}

function itemOf(state: State, message: ShownMessage, isContinued: boolean, options: ListOptions): Item {
  const { onOpenThread } = options
  const replies = onOpenThread === undefined ? [] : state.repliesTo(message.channelId, message.ts)
  const lastReply = replies.at(-1)?.ts ?? ''
  return {
    key: `${message.channelId} ${message.ts}`,
    // Names are in it, because mentions show them.
    version: [
      JSON.stringify(message),
      isContinued,
      replies.length,
      lastReply,
      state.frame.meId,
      state.frame.users.length,
    ].join(' '),
    render: () =>
      renderMessage(state, message, {
        isContinued,
        replies,
        ...(onOpenThread === undefined ? {} : { onOpenThread: () => onOpenThread(message) }),
      }),
  }
}

function continues(before: ShownMessage, message: ShownMessage): boolean {
  return (
    before.userId === message.userId &&
    before.isForMeOnly === message.isForMeOnly &&
    secondsOf(message) - secondsOf(before) < together
  )
}

/** A line across with a word in the middle. */
function separator(key: string, label: string): Item {
  return {
    key: `${key} ${label}`,
    version: label,
    render: () => h('div', { class: 'separator', role: 'separator' }, h('span', {}, label)),
  }
}
