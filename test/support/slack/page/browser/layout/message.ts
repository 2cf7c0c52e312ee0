import { asText, type JsonObject, objectsOf, stringOf } from '../../../json.ts'
import type { ShownFile, ShownMessage } from '../../wire.ts'
import { renderBlock } from '../blocks/render-blocks.ts'
import { type Child, h, icon, icons } from '../dom.ts'
import type { State } from '../state.ts'
import type { Surface } from '../surface.ts'
import { formatDate, formatTime } from '../text/dates.ts'
import { parseMrkdwn } from '../text/mrkdwn.ts'
import { renderEmoji, renderParagraphs, renderText } from '../text/render-text.ts'
import { avatar } from './avatar.ts'
import { showToast } from './toast.ts'

export interface MessageOptions {
  /** It follows another of the same author, whose name stands above already. */
  readonly isContinued: boolean
  /** What the thread shows below it; undefined where threads are not shown. */
  readonly onOpenThread?: () => void
  readonly replies: readonly ShownMessage[]
}

export function renderMessage(state: State, message: ShownMessage, options: MessageOptions): HTMLElement {
  const user = state.user(message.userId)
  const name = state.nameOf(message.userId)
  const { isContinued } = options
  const classes = [
    'message',
    ...(isContinued ? ['continued'] : []),
    ...(message.isForMeOnly ? ['for-me'] : []),
  ]
  return h(
    'article',
    {
      class: classes.join(' '),
      'aria-label': `${name}, ${formatDate(secondsOf(message), '{time}', zone(state))}`,
    },
    h('div', { class: 'gutter' }, isContinued ? time(state, message) : avatar(user, name)),
    h(
      'div',
      { class: 'body' },
      message.isForMeOnly ? h('div', { class: 'only-you' }, icon(icons.eye), 'Only visible to you') : null,
      isContinued
        ? null
        : h(
            'div',
            { class: 'byline' },
            h('b', { class: 'author' }, h('bdi', {}, name)),
            user?.isBot === true ? h('span', { class: 'badge' }, 'App') : null,
            user !== undefined && user.workspaceId !== state.me?.workspaceId
              ? h('span', { class: 'badge outside' }, user.workspaceName)
              : null,
            time(state, message),
          ),
      h('div', { class: 'content' }, contentOf(state, message)),
      reactions(message),
      threadLink(state, options),
      message.isForMeOnly ? dismissal(state, message) : null,
    ),
    options.onOpenThread === undefined || message.isForMeOnly
      ? null
      : h(
          'div',
          { class: 'message-tools' },
          h(
            'button',
            {
              type: 'button',
              'aria-label': 'Reply in thread',
              title: 'Reply in thread',
              on: { click: options.onOpenThread },
            },
            icon(icons.thread),
          ),
        ),
  )
}

function contentOf(state: State, message: ShownMessage): Child {
  const surface: Surface = { state, on: { channelId: message.channelId, ts: message.ts }, tell: showToast }
  return [
    message.blocks.length > 0
      ? message.blocks.map((block) => renderBlock(surface, block))
      : message.text === ''
        ? null
        : renderWritten(state, message),
    message.attachments.map((attachment) => renderAttachment(surface, attachment)),
    message.files.map((file) => renderFile(file)),
  ]
}

function renderWritten(state: State, { text, isEdited }: ShownMessage): HTMLElement {
  const written = renderParagraphs(state, parseMrkdwn(text))
  if (isEdited) written.lastElementChild?.append(h('span', { class: 'edited' }, ' (edited)'))
  return written
}

/** The older way to add to a message: a bar in a colour, and beside it text or blocks. */
function renderAttachment(surface: Surface, attachment: JsonObject): HTMLElement {
  const blocks = objectsOf(attachment.blocks)
  const colours: Readonly<Record<string, string>> = { good: '#2eb67d', warning: '#ecb22e', danger: '#e01e5a' }
  const colour = stringOf(attachment.color) ?? ''
  const element = h(
    'div',
    { class: 'attachment' },
    blocks.length > 0
      ? blocks.map((block) => renderBlock(surface, block))
      : renderText(surface.state, {
          type: 'mrkdwn',
          text: asText(attachment.text ?? attachment.fallback),
        }),
  )
  element.style.borderColor = colours[colour] ?? (/^#[\da-f]{6}$/i.test(colour) ? colour : '')
  return element
}

function renderFile(file: ShownFile): HTMLElement {
  const url = `/files/${encodeURIComponent(file.id)}`
  if (file.isImage)
    return h(
      'figure',
      { class: 'image' },
      h('figcaption', { dir: 'auto' }, file.title),
      h('img', { src: url, alt: file.title }),
    )
  return h(
    'a',
    { class: 'file', href: url, download: true },
    icon(icons.file),
    h('span', { dir: 'auto' }, file.title),
    h('small', {}, formatSize(file.sizeBytes)),
  )
}

function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

function reactions({ reactions }: ShownMessage): Child {
  const counts = new Map<string, number>()
  for (const { name } of reactions) counts.set(name, (counts.get(name) ?? 0) + 1)
  if (counts.size === 0) return null
  return h(
    'div',
    { class: 'reactions' },
    [...counts].map(([name, count]) => h('span', { class: 'reaction' }, renderEmoji(name), ` ${count}`)),
  )
}

function threadLink(state: State, { replies, onOpenThread }: MessageOptions): Child {
  const last = replies.at(-1)
  if (last === undefined || onOpenThread === undefined) return null
  const authors = [...new Set(replies.map(({ userId }) => userId))].slice(0, 4)
  return h(
    'button',
    { type: 'button', class: 'thread-link', on: { click: onOpenThread } },
    authors.map((userId) => avatar(state.user(userId), state.nameOf(userId))),
    h('b', {}, replyCount(replies.length)),
    h(
      'span',
      { class: 'quiet' },
      `Last reply ${formatDate(secondsOf(last), '{date_short_pretty} at {time}', zone(state))}`,
    ),
  )
}

function dismissal(state: State, { channelId, ts }: ShownMessage): HTMLElement {
  const dismiss = () =>
    void state.do({ do: 'dismiss', on: { channelId, ts } }).then(({ error }) => {
      if (error !== null) showToast(error)
    })
  return h('button', { type: 'button', class: 'dismiss', on: { click: dismiss } }, 'Dismiss message')
}

function time(state: State, message: ShownMessage): HTMLElement {
  const atS = secondsOf(message)
  return h(
    'time',
    {
      class: 'time',
      datetime: new Date(atS * 1000).toISOString(),
      title: formatDate(atS, '{date_long} at {time_secs}', zone(state)),
    },
    formatTime(atS, zone(state)),
  )
}

export function secondsOf({ ts }: ShownMessage): number {
  return Number(ts)
}

export function zone(state: State): string {
  return state.me?.timeZone ?? 'Etc/UTC'
}

export function replyCount(count: number): string {
  return count === 1 ? '1 reply' : `${count} replies`
}
