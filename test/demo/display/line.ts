import { styleText } from 'node:util'

export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan'

/** A piece of a line, with one style or none. */
export type Span = string | readonly [style: Style, text: string]

/** A line is kept in pieces until it is printed, so that it can be cut to the width of the terminal. */
export type Line = readonly Span[]

const textOf = (span: Span): string => (typeof span === 'string' ? span : span[1])

/** Without styles. */
export function plainText(line: Line): string {
  return line.map(textOf).join('')
}

/** With styles where `stream` shows them (NO_COLOR and the like are respected). */
export function styledText(line: Line, stream: NodeJS.WriteStream): string {
  return line
    .map((span) => (typeof span === 'string' ? span : styleText(span[0], span[1], { stream })))
    .join('')
}

/** The line's first `width` characters, with an ellipsis where something is missing. */
export function cutLine(line: Line, width: number): Line {
  if (plainText(line).length <= width) return line
  const cut: Span[] = []
  let room = Math.max(width - 1, 0)
  for (const span of line) {
    const text = textOf(span).slice(0, room)
    cut.push(typeof span === 'string' ? text : [span[0], text])
    room -= text.length
  }
  return [...cut, '…']
}
