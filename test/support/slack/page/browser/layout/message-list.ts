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

/** Messages, the newest at the end: which stays in sight when the reader is there, also when a picture has loaded. */
export class MessageList {
  readonly element: HTMLElement
  #isAtEnd = true
  #top = 0

  constructor(label: string) {
    this.element = h('div', { class: 'messages', role: 'log', 'aria-label': label, tabindex: 0 })
    this.element.addEventListener('scroll', () => this.#notice())
    // It does not bubble.
    this.element.addEventListener('load', () => this.#keepEnd(), { capture: true })
  }

  draw(state: State, messages: readonly ShownMessage[], options: ListOptions = {}): void {
    reconcile(this.element, itemsOf(state, messages, options))
    this.#keepEnd()
  }

  /** For other messages than those before. */
  clear(): void {
    this.element.replaceChildren()
    this.#isAtEnd = true
  }

  /** Only who scrolls up leaves the end: what grows below the reader is no reason. */
  #notice(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.element
    if (scrollHeight - scrollTop - clientHeight < 60) this.#isAtEnd = true
    else if (scrollTop < this.#top) this.#isAtEnd = false
    this.#top = scrollTop
  }

  #keepEnd(): void {
    if (this.#isAtEnd) this.element.scrollTop = this.element.scrollHeight
  }
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
