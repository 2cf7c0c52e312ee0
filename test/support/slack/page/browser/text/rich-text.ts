import { asText, isObject, type JsonObject, objectsOf, stringOf } from '../../../json.ts'
import { type Inline, isSafeUrl, joinLines, type Paragraph } from './document.ts'

/** A `rich_text` block (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block). */
export function parseRichText(block: JsonObject): Paragraph[] {
  return objectsOf(block.elements).map((element): Paragraph => {
    switch (asText(element.type)) {
      case 'rich_text_list':
        return {
          kind: 'list',
          isOrdered: element.style === 'ordered',
          indent: numberOf(element.indent),
          start: numberOf(element.offset) + 1,
          items: objectsOf(element.elements).map((item) => inlinesOf(item)),
        }
      case 'rich_text_preformatted':
        return { kind: 'preformatted', children: inlinesOf(element) }
      case 'rich_text_quote':
        return { kind: 'quote', children: inlinesOf(element) }
      default:
        return { kind: 'paragraph', children: inlinesOf(element) }
    }
  })
}

function numberOf(value: JsonObject[string]): number {
  return typeof value === 'number' ? value : 0
}

function inlinesOf(section: JsonObject): Inline[] {
  return objectsOf(section.elements).flatMap((element) => styled(element, inlineOf(element)))
}

function inlineOf(element: JsonObject): Inline[] {
  switch (asText(element.type)) {
    case 'text':
      return linesOf(asText(element.text))
    case 'emoji':
      return [{ kind: 'emoji', name: asText(element.name) }]
    case 'user':
      return [{ kind: 'mention', of: 'user', id: asText(element.user_id) }]
    case 'usergroup':
      return [{ kind: 'mention', of: 'group', id: asText(element.usergroup_id) }]
    case 'channel':
      return [{ kind: 'mention', of: 'channel', id: asText(element.channel_id) }]
    case 'broadcast':
      return [{ kind: 'broadcast', range: asText(element.range) }]
    case 'link': {
      const url = asText(element.url)
      const children = linesOf(stringOf(element.text) ?? url)
      return isSafeUrl(url) ? [{ kind: 'link', url, children }] : children
    }
    case 'date':
      return [
        {
          kind: 'date',
          timestampS: numberOf(element.timestamp),
          format: asText(element.format),
          fallback: asText(element.fallback),
          ...(typeof element.url === 'string' ? { url: element.url } : {}),
        },
      ]
    default:
      return []
  }
}

function linesOf(text: string): Inline[] {
  return joinLines(text.split('\n').map((line) => (line === '' ? [] : [{ kind: 'text', text: line }])))
}

const styles = ['code', 'bold', 'italic', 'strike', 'underline'] as const

function styled(element: JsonObject, inlines: Inline[]): Inline[] {
  const style = isObject(element.style) ? element.style : {}
  return styles
    .filter((name) => style[name] === true)
    .reduce<Inline[]>((children, kind) => [{ kind, children }], inlines)
}
