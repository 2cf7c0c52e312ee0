/** Text with its formatting, whichever way it was written: mrkdwn, Markdown, rich text, plain text. */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'break' }
  | { readonly kind: 'bold' | 'italic' | 'strike' | 'underline'; readonly children: readonly Inline[] }
  | { readonly kind: 'code'; readonly children: readonly Inline[] }
  | { readonly kind: 'link'; readonly url: string; readonly children: readonly Inline[] }
  | { readonly kind: 'emoji'; readonly name: string }
  | { readonly kind: 'mention'; readonly of: 'user' | 'channel' | 'group'; readonly id: string }
  | { readonly kind: 'broadcast'; readonly range: string }
  | {
      readonly kind: 'date'
      readonly timestampS: number
      readonly format: string
      readonly fallback: string
      readonly url?: string
    }

export type Paragraph =
  | { readonly kind: 'paragraph'; readonly children: readonly Inline[] }
  | { readonly kind: 'heading'; readonly children: readonly Inline[] }
  | { readonly kind: 'preformatted'; readonly children: readonly Inline[] }
  | { readonly kind: 'quote'; readonly children: readonly Inline[] }
  | { readonly kind: 'rule' }
  | {
      readonly kind: 'list'
      readonly isOrdered: boolean
      readonly indent: number
      readonly start: number
      readonly items: readonly (readonly Inline[])[]
    }

/** Lines with a break between each two. */
export function joinLines(lines: readonly (readonly Inline[])[]): Inline[] {
  return lines.flatMap((line, index) => (index === 0 ? [...line] : [{ kind: 'break' as const }, ...line]))
}

/** A link goes only where a browser should go from a message. */
export function isSafeUrl(url: string): boolean {
  return /^(?:https?:\/\/|mailto:|tel:)/i.test(url)
}
