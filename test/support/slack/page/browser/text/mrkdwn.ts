import { type Inline, isSafeUrl, joinLines, type Paragraph } from './document.ts'

/** Slack's own markup (https://docs.slack.dev/messaging/formatting-message-text). */
export function parseMrkdwn(text: string, options: { verbatim?: boolean } = {}): Paragraph[] {
  const verbatim = options.verbatim === true
  const pieces = text.split(/```\n?([\s\S]+?)\n?```/)
  return pieces.flatMap((piece, index): Paragraph[] => {
    if (index % 2 === 1) return [{ kind: 'preformatted', children: inlineCode(piece) }]
    // Preformatted text has lines of its own anyhow.
    const isLast = index === pieces.length - 1
    const lines = piece.replace(index === 0 ? '' : /^\n/, '').replace(isLast ? '' : /\n$/, '')
    return lines === '' ? [] : paragraphs(lines, verbatim)
  })
}

/** Lines that begin with `>` are a quotation, together with those beside them. */
function paragraphs(text: string, verbatim: boolean): Paragraph[] {
  const groups: { isQuote: boolean; lines: string[] }[] = []
  for (const line of text.split('\n')) {
    const quoted = /^(?:>|&gt;) ?(.*)$/.exec(line)?.[1]
    const isQuote = quoted !== undefined
    const last = groups.at(-1)
    if (last?.isQuote === isQuote) last.lines.push(quoted ?? line)
    else groups.push({ isQuote, lines: [quoted ?? line] })
  }
  return groups.map(({ isQuote, lines }) => ({
    kind: isQuote ? 'quote' : 'paragraph',
    children: joinLines(lines.map((line) => parseInline(line, verbatim))),
  }))
}

const marks = { '*': 'bold', _: 'italic', '~': 'strike' } as const

function parseInline(line: string, verbatim: boolean): Inline[] {
  const found: Inline[] = []
  let plain = ''
  const flush = () => {
    if (plain !== '') found.push({ kind: 'text', text: unescape(plain) })
    plain = ''
  }
  for (let at = 0; at < line.length;) {
    const next = special(line, at, verbatim)
    if (next === undefined) {
      plain += line[at]
      at += 1
    } else {
      flush()
      found.push(next.inline)
      at = next.end
    }
  }
  flush()
  return found
}

interface Special {
  readonly inline: Inline
  readonly end: number
}

function special(line: string, at: number, verbatim: boolean): Special | undefined {
  const rest = line.slice(at)
  switch (line.charAt(at)) {
    case '<':
      return angled(rest, at)
    case '`': {
      const code = /^`([^`]+)`/.exec(rest)
      if (code === null) return undefined
      return { inline: { kind: 'code', children: inlineCode(code[1] ?? '') }, end: at + code[0].length }
    }
    case ':': {
      const emoji = /^:([a-z0-9_+'-]+):/.exec(rest)
      if (emoji === null) return undefined
      return { inline: { kind: 'emoji', name: emoji[1] ?? '' }, end: at + emoji[0].length }
    }
    case '*':
    case '_':
    case '~':
      return emphasis(line, at, line[at] === '*' ? '*' : line[at] === '_' ? '_' : '~', verbatim)
    case 'h': {
      const url = verbatim || /\w$/.test(line.slice(0, at)) ? null : /^https?:\/\/[^\s<>|*`]+/.exec(rest)
      return url === null ? undefined : { inline: linkTo(url[0], url[0]), end: at + url[0].length }
    }
    default:
      return undefined
  }
}

/** A mark begins before a word and ends after one, in the same line: `a*b` and `2 * 3` stay as they are. */
function emphasis(
  line: string,
  at: number,
  mark: keyof typeof marks,
  verbatim: boolean,
): Special | undefined {
  const opens = !/[\p{L}\p{N}]/u.test(line[at - 1] ?? '') && /[^\s]/.test(line[at + 1] ?? '')
  if (!opens || line[at + 1] === mark) return undefined
  for (let end = at + 2; end < line.length; end += 1) {
    end = skipped(line, end)
    const closes = line[end] === mark && /\S/.test(line[end - 1] ?? '')
    if (closes && !/[\p{L}\p{N}]/u.test(line[end + 1] ?? '')) {
      const children = parseInline(line.slice(at + 1, end), verbatim)
      return { inline: { kind: marks[mark], children }, end: end + 1 }
    }
  }
  return undefined
}

/** The place behind what begins here and is one thing: code, a link. */
function skipped(line: string, at: number): number {
  const whole = /^(?:`[^`]+`|<[^<>]+>)/.exec(line.slice(at))
  return whole === null ? at : at + whole[0].length
}

/** `<…>`: a link, a mention, a date. */
function angled(rest: string, at: number): Special | undefined {
  const found = /^<([^<>\n]+)>/.exec(rest)
  if (found === null) return undefined
  const [whole, inner = ''] = found
  const bar = inner.indexOf('|')
  const target = bar === -1 ? inner : inner.slice(0, bar)
  const label = bar === -1 ? undefined : inner.slice(bar + 1)
  const inline = meant(target, label)
  return inline === undefined ? undefined : { inline, end: at + whole.length }
}

function meant(target: string, label: string | undefined): Inline | undefined {
  if (/^@[UW]\w+$/.test(target)) return { kind: 'mention', of: 'user', id: target.slice(1) }
  if (/^#C\w+$/.test(target)) return { kind: 'mention', of: 'channel', id: target.slice(1) }
  const group = /^!subteam\^(\w+)$/.exec(target)?.[1]
  if (group !== undefined) return { kind: 'mention', of: 'group', id: group }
  if (/^!(?:here|channel|everyone)$/.test(target)) return { kind: 'broadcast', range: target.slice(1) }
  const date = /^!date\^(\d+)\^([^^]*)(?:\^(.*))?$/.exec(target)
  if (date !== null) {
    const [, timestampS = '0', format = '', url] = date
    return {
      kind: 'date',
      timestampS: Number(timestampS),
      format: unescape(format),
      fallback: unescape(label ?? ''),
      ...(url === undefined ? {} : { url }),
    }
  }
  return isSafeUrl(target) ? linkTo(target, label ?? target.replace(/^mailto:/, '')) : undefined
}

function linkTo(url: string, label: string): Inline {
  return { kind: 'link', url: unescape(url), children: [{ kind: 'text', text: unescape(label) }] }
}

function inlineCode(text: string): Inline[] {
  return joinLines(
    text.split('\n').map((line) =>
      line.split(/(<[^<>\n]+>)/).flatMap((piece): Inline[] => {
        if (piece === '') return []
        const inline = angled(piece, 0)?.inline
        return [inline?.kind === 'link' ? inline : { kind: 'text', text: unescape(piece) }]
      }),
    ),
  )
}

function unescape(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
