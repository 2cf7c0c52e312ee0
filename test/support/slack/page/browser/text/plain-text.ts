import { type Inline, joinLines } from './document.ts'

/** Plain text: only emoji mean something in it. */
export function parsePlainText(text: string): Inline[] {
  return joinLines(
    text.split('\n').map((line) =>
      line.split(/(:[a-z0-9_+'-]+:)/).flatMap((piece, index): Inline[] => {
        if (piece === '') return []
        return [index % 2 === 1 ? { kind: 'emoji', name: piece.slice(1, -1) } : { kind: 'text', text: piece }]
      }),
    ),
  )
}
