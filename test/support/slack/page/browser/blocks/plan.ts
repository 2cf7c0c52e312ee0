import { asText, isObject, type JsonObject, objectsOf, stringOf } from '../../../json.ts'
import { h, icon, icons } from '../dom.ts'
import type { Surface } from '../surface.ts'
import { isSafeUrl } from '../text/document.ts'
import { parsePlainText } from '../text/plain-text.ts'
import { parseRichText } from '../text/rich-text.ts'
import { link, renderInlines, renderParagraphs } from '../text/render-text.ts'

/** A plan: its title, and the tasks under it, each with how far it is. */
export function renderPlan(surface: Surface, block: JsonObject): HTMLElement {
  return h(
    'div',
    { class: 'plan' },
    h(
      'div',
      { class: 'plan-title', dir: 'auto' },
      renderInlines(surface.state, parsePlainText(asText(block.title))),
    ),
    h(
      'div',
      { class: 'tasks' },
      objectsOf(block.tasks).map((task) => renderTask(surface, task)),
    ),
  )
}

const statuses: Readonly<Record<string, { label: string; mark?: string }>> = {
  pending: { label: 'Pending' },
  in_progress: { label: 'In progress' },
  complete: { label: 'Complete', mark: icons.check },
  error: { label: 'Error', mark: icons.cross },
}

export function renderTask({ state }: Surface, task: JsonObject): HTMLElement {
  const status = stringOf(task.status) ?? 'pending'
  const { label, mark } = statuses[status] ?? { label: status }
  const sources = objectsOf(task.sources)
  return h(
    'div',
    { class: `task task-${status}` },
    h(
      'span',
      { class: 'task-mark', role: 'img', 'aria-label': label, title: label },
      mark === undefined ? null : icon(mark),
    ),
    h(
      'div',
      { class: 'task-text' },
      h(
        'div',
        { class: 'task-title', dir: 'auto' },
        renderInlines(state, parsePlainText(asText(task.title))),
      ),
      isObject(task.details)
        ? h('div', { class: 'task-details' }, renderParagraphs(state, parseRichText(task.details)))
        : null,
      isObject(task.output)
        ? h('div', { class: 'task-output' }, renderParagraphs(state, parseRichText(task.output)))
        : null,
      sources.length === 0
        ? null
        : h(
            'div',
            { class: 'task-sources' },
            sources.map((source) => {
              const url = asText(source.url)
              return isSafeUrl(url) ? link(url, asText(source.text)) : asText(source.text)
            }),
          ),
    ),
  )
}
