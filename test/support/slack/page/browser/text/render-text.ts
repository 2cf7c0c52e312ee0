import { isObject, type Json, shownText } from '../../../json.ts'
import { type Child, h } from '../dom.ts'
import type { State } from '../state.ts'
import { formatDate } from './dates.ts'
import { type Inline, isSafeUrl, type Paragraph } from './document.ts'
import { emojiOf } from './emoji.ts'
import { parseMrkdwn } from './mrkdwn.ts'
import { parsePlainText } from './plain-text.ts'

/** A text object of a block: plain text or mrkdwn. */
export function renderText(state: State, value: Json | undefined): HTMLElement {
  if (isObject(value) && value.type === 'mrkdwn')
    return renderParagraphs(
      state,
      parseMrkdwn(shownText(value), value.verbatim === true ? { verbatim: true } : {}),
    )
  return h('div', { class: 'text', dir: 'auto' }, renderInlines(state, parsePlainText(shownText(value))))
}

/** Plain text within a line: a label, the text of a button. */
export function renderLabel(state: State, value: Json | undefined): Child {
  return renderInlines(state, parsePlainText(shownText(value)))
}

export function renderParagraphs(state: State, paragraphs: readonly Paragraph[]): HTMLElement {
  return h(
    'div',
    { class: 'text' },
    paragraphs.map((paragraph) => renderParagraph(state, paragraph)),
  )
}

function renderParagraph(state: State, paragraph: Paragraph): HTMLElement {
  switch (paragraph.kind) {
    case 'paragraph':
      return h('div', { class: 'paragraph', dir: 'auto' }, renderInlines(state, paragraph.children))
    case 'heading':
      return h('div', { class: 'heading', dir: 'auto' }, renderInlines(state, paragraph.children))
    case 'quote':
      return h('blockquote', { dir: 'auto' }, renderInlines(state, paragraph.children))
    case 'preformatted':
      return h('pre', {}, h('code', {}, renderInlines(state, paragraph.children)))
    case 'rule':
      return h('hr')
    case 'list': {
      const { isOrdered, start, indent } = paragraph
      const items = paragraph.items.map((item) => h('li', { dir: 'auto' }, renderInlines(state, item)))
      const level = `indent-${Math.min(indent, 8)}`
      return isOrdered ? h('ol', { start, class: level }, items) : h('ul', { class: level }, items)
    }
    default:
      return paragraph satisfies never
  }
}

export function renderInlines(state: State, inlines: readonly Inline[]): Child {
  return inlines.map((inline) => renderInline(state, inline))
}

const tags = { bold: 'b', italic: 'i', strike: 's', underline: 'u', code: 'code' } as const

function renderInline(state: State, inline: Inline): Child {
  switch (inline.kind) {
    case 'text':
      return inline.text
    case 'break':
      return h('br')
    case 'bold':
    case 'italic':
    case 'strike':
    case 'underline':
    case 'code':
      return h(tags[inline.kind], {}, renderInlines(state, inline.children))
    case 'link':
      return link(inline.url, renderInlines(state, inline.children))
    case 'emoji':
      return renderEmoji(inline.name)
    case 'mention':
      return mention(state, inline.of, inline.id)
    case 'broadcast':
      return h('span', { class: 'mention me' }, `@${inline.range}`)
    case 'date':
      return dateOf(state, inline)
    default:
      return inline satisfies never
  }
}

export function renderEmoji(name: string): Child {
  const emoji = emojiOf(name)
  if (emoji === undefined) return `:${name}:`
  return h('span', { class: 'emoji', role: 'img', 'aria-label': name.replaceAll('_', ' ') }, emoji)
}

export function link(url: string, children: Child): HTMLElement {
  return h('a', { href: url, target: '_blank', rel: 'noreferrer noopener' }, children)
}

/** A name may be written from right to left, which must not turn around what follows. */
function mention(state: State, of: 'user' | 'channel' | 'group', id: string): HTMLElement {
  if (of === 'channel') {
    const channel = state.channel(id)
    return h('span', { class: 'mention' }, '#', h('bdi', {}, channel?.name ?? 'private-channel'))
  }
  if (of === 'group') {
    const group = state.frame.groups.find((candidate) => candidate.id === id)
    return h('span', { class: 'mention' }, '@', h('bdi', {}, group?.handle ?? 'unknown-group'))
  }
  const isMe = id === state.frame.meId
  return h('span', { class: isMe ? 'mention me' : 'mention' }, '@', h('bdi', {}, state.nameOf(id)))
}

function dateOf(state: State, date: Extract<Inline, { kind: 'date' }>): Child {
  const { timestampS, format, fallback, url } = date
  const text = formatDate(timestampS, format, state.me?.timeZone ?? 'Etc/UTC')
  const shown = h('time', { datetime: new Date(timestampS * 1000).toISOString(), title: fallback }, text)
  return url !== undefined && isSafeUrl(url) ? link(url, shown) : shown
}
