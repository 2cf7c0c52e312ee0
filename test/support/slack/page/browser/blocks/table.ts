import { asText, isList, isObject, type Json, type JsonObject, objectsOf, stringOf } from '../../../json.ts'
import { h } from '../dom.ts'
import type { Surface } from '../surface.ts'
import { parseRichText } from '../text/rich-text.ts'
import { renderParagraphs } from '../text/render-text.ts'

/** A table, its first row the header. */
export function renderTable({ state }: Surface, block: JsonObject): HTMLElement {
  const settings = objectsOf(block.column_settings)
  const rows = isList(block.rows) ? block.rows : []
  const cells = (row: Json, tag: 'th' | 'td') =>
    (isList(row) ? row : []).map((cell, column) => {
      const { align, is_wrapped: isWrapped } = settings[column] ?? {}
      const classes = [`align-${stringOf(align) ?? 'left'}`, ...(isWrapped === true ? ['wrapped'] : [])]
      return h(tag, { class: classes.join(' ') }, cellContent(cell))
    })
  const cellContent = (cell: Json) => {
    if (!isObject(cell)) return null
    if (cell.type === 'rich_text') return renderParagraphs(state, parseRichText(cell))
    return h('span', { dir: 'auto' }, asText(cell.text))
  }
  const [head, ...body] = rows
  // It scrolls by itself, also with the keyboard, when it is wider than the message.
  return h(
    'div',
    { class: 'table', tabindex: 0, role: 'region', 'aria-label': 'Table' },
    h(
      'table',
      {},
      h('thead', {}, h('tr', {}, head === undefined ? null : cells(head, 'th'))),
      h(
        'tbody',
        {},
        body.map((row) => h('tr', {}, cells(row, 'td'))),
      ),
    ),
  )
}
