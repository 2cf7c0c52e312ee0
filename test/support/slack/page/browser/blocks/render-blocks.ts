import { asText, isObject, type JsonObject, objectsOf, shownText } from '../../../json.ts'
import { h } from '../dom.ts'
import { renderElement } from '../elements/render-element.ts'
import { loadedImage } from '../elements/image.ts'
import type { Item } from '../reconcile.ts'
import type { Surface } from '../surface.ts'
import { parseMarkdown } from '../text/markdown.ts'
import { parseRichText } from '../text/rich-text.ts'
import { renderLabel, renderParagraphs, renderText } from '../text/render-text.ts'
import { renderChart } from './chart.ts'
import { renderInput } from './input.ts'
import { renderPlan, renderTask } from './plan.ts'
import { renderTable } from './table.ts'

type Renderer = (surface: Surface, block: JsonObject) => HTMLElement

const renderers: Readonly<Record<string, Renderer>> = {
  section: renderSection,
  header: ({ state }, block) => h('h3', { class: 'header', dir: 'auto' }, renderLabel(state, block.text)),
  divider: () => h('hr', { class: 'divider' }),
  context: renderContext,
  actions: (surface, block) =>
    h(
      'div',
      { class: 'actions' },
      objectsOf(block.elements).map((element) => renderElement({ surface, block, element })),
    ),
  image: renderImage,
  input: renderInput,
  rich_text: ({ state }, block) => renderParagraphs(state, parseRichText(block)),
  markdown: ({ state }, block) => renderParagraphs(state, parseMarkdown(asText(block.text))),
  table: renderTable,
  plan: renderPlan,
  task_card: renderTask,
  data_visualization: renderChart,
}

/** Blocks in their order, each of them drawn anew only when it has changed. */
export function blockItems(surface: Surface, blocks: readonly JsonObject[]): Item[] {
  return blocks.map((block) => {
    const blockId = asText(block.block_id)
    const error = surface.view?.errors[blockId] ?? ''
    return {
      key: blockId,
      version: `${JSON.stringify(block)} ${error}`,
      render: () => renderBlock(surface, block),
    }
  })
}

export function renderBlock(surface: Surface, block: JsonObject): HTMLElement {
  const type = asText(block.type)
  const render = renderers[type]
  const shown =
    render === undefined
      ? h('span', { class: 'unknown' }, `This page does not know ${type}.`)
      : render(surface, block)
  return h('div', { class: `block block-${type}` }, shown)
}

function renderSection(surface: Surface, block: JsonObject): HTMLElement {
  const { state } = surface
  const fields = objectsOf(block.fields)
  const text = h(
    'div',
    { class: 'section-text' },
    block.text === undefined ? null : renderText(state, block.text),
    fields.length === 0
      ? null
      : h(
          'div',
          { class: 'fields' },
          fields.map((field) => h('div', { class: 'field' }, renderText(state, field))),
        ),
  )
  if (!isObject(block.accessory)) return h('div', { class: 'section' }, text)
  const { accessory } = block
  // What has lines of its own stands below the text.
  const isTall = ['radio_buttons', 'checkboxes'].includes(asText(accessory.type))
  return h(
    'div',
    { class: isTall ? 'section tall' : 'section' },
    text,
    h('div', { class: 'accessory' }, renderElement({ surface, block, element: accessory })),
  )
}

function renderContext(surface: Surface, block: JsonObject): HTMLElement {
  const elements = objectsOf(block.elements).map((element) =>
    element.type === 'image'
      ? renderElement({ surface, block, element })
      : renderText(surface.state, element),
  )
  return h('div', { class: 'context' }, elements)
}

function renderImage({ state }: Surface, block: JsonObject): HTMLElement {
  const title = shownText(block.title)
  return h(
    'figure',
    { class: 'image' },
    title === '' ? null : h('figcaption', { dir: 'auto' }, renderLabel(state, block.title)),
    loadedImage(block),
  )
}
