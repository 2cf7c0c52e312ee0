import { type Inline, isSafeUrl, joinLines, type Paragraph } from './document.ts'

/** The Markdown of `markdown` blocks: headings, lists, quotations, code, emphasis, links. */
export function parseMarkdown(text: string): Paragraph[] {
  return text.split(/^```[^\n]*\n([\s\S]*?)\n?^```[^\n]*$/m).flatMap((piece, index): Paragraph[] => {
    if (index % 2 === 1)
      return [
        {
          kind: 'preformatted',
          children: joinLines(piece.split('\n').map((line) => [{ kind: 'text', text: line }])),
        },
      ]
    return piece.split(/\n\s*\n/).flatMap((paragraph) => parseLines(paragraph.split('\n')))
  })
}

interface Group {
  readonly kind: 'paragraph' | 'quote' | 'bullets' | 'numbers'
  readonly start: number
  readonly lines: Inline[][]
}

function parseLines(lines: readonly string[]): Paragraph[] {
  const found: Paragraph[] = []
  let group: Group | undefined
  const flush = () => {
    if (group !== undefined) found.push(paragraphOf(group))
    group = undefined
  }
  const add = (kind: Group['kind'], line: string, start = 1) => {
    if (group?.kind !== kind) flush()
    group ??= { kind, start, lines: [] }
    group.lines.push(parseInline(line))
  }
  for (const line of lines) {
    const heading = /^#{1,6}\s+(.*)$/.exec(line)?.[1]
    const bullet = /^\s*[-*+]\s+(.*)$/.exec(line)?.[1]
    const number = /^\s*(\d+)[.)]\s+(.*)$/.exec(line)
    const quote = /^>\s?(.*)$/.exec(line)?.[1]
    const isRule = /^(?:-{3,}|\*{3,})$/.test(line.trim())
    if (heading !== undefined || isRule) {
      flush()
      found.push(isRule ? { kind: 'rule' } : { kind: 'heading', children: parseInline(heading ?? '') })
    } else if (bullet !== undefined) add('bullets', bullet)
    else if (number !== null) add('numbers', number[2] ?? '', Number(number[1]))
    else if (quote !== undefined) add('quote', quote)
    else if (line.trim() !== '') add('paragraph', line)
  }
  flush()
  return found
}

function paragraphOf({ kind, start, lines }: Group): Paragraph {
  if (kind === 'paragraph' || kind === 'quote') return { kind, children: joinLines(lines) }
  return { kind: 'list', isOrdered: kind === 'numbers', indent: 0, start, items: lines }
}

const inlineSyntax = [
  { pattern: /^\\([\\`*_{}[\]()#+.!~>-])/, make: ([, text = '']) => ({ kind: 'text', text }) },
  { pattern: /^`([^`]+)`/, make: ([, text = '']) => ({ kind: 'code', children: [{ kind: 'text', text }] }) },
  { pattern: /^\*\*(\S(?:.*?\S)?)\*\*/, make: ([, text = '']) => wrap('bold', text) },
  { pattern: /^__(\S(?:.*?\S)?)__/, make: ([, text = '']) => wrap('bold', text) },
  { pattern: /^~~(\S(?:.*?\S)?)~~/, make: ([, text = '']) => wrap('strike', text) },
  { pattern: /^\*(\S(?:.*?\S)?)\*/, make: ([, text = '']) => wrap('italic', text) },
  { pattern: /^_(\S(?:.*?\S)?)_(?!\w)/, make: ([, text = '']) => wrap('italic', text) },
  {
    pattern: /^\[([^\]]+)\]\(([^\s)]+)\)/,
    make: ([whole, label = '', url = '']) =>
      isSafeUrl(url) ? { kind: 'link', url, children: parseInline(label) } : { kind: 'text', text: whole },
  },
  { pattern: /^:([a-z0-9_+'-]+):/, make: ([, name = '']) => ({ kind: 'emoji', name }) },
] as const satisfies readonly { pattern: RegExp; make: (found: RegExpExecArray) => Inline }[]

function wrap(kind: 'bold' | 'italic' | 'strike', text: string): Inline {
  return { kind, children: parseInline(text) }
}

function parseInline(line: string): Inline[] {
  const found: Inline[] = []
  let plain = ''
  for (let at = 0; at < line.length;) {
    const next = syntaxAt(line, at)
    if (next === undefined) {
      plain += line[at]
      at += 1
      continue
    }
    if (plain !== '') found.push({ kind: 'text', text: plain })
    plain = ''
    found.push(next.inline)
    at += next.length
  }
  if (plain !== '') found.push({ kind: 'text', text: plain })
  return found
}

function syntaxAt(line: string, at: number): { inline: Inline; length: number } | undefined {
  const insideWord = line[at] === '_' && /\w/.test(line[at - 1] ?? '')
  if (insideWord) return undefined
  for (const { pattern, make } of inlineSyntax) {
    const found = pattern.exec(line.slice(at))
    if (found !== null) return { inline: make(found), length: found[0].length }
  }
  return undefined
}
