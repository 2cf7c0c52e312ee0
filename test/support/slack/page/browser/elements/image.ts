import { asText, isObject, type JsonObject, stringOf } from '../../../json.ts'
import { h } from '../dom.ts'
import type { Placed } from '../surface.ts'

/** Where a picture is: on the web, or among the files that were uploaded. */
function imageUrlOf(image: JsonObject): string | undefined {
  const url = stringOf(image.image_url)
  if (url !== undefined) return /^https?:\/\//i.test(url) ? url : undefined
  const id = isObject(image.slack_file) ? stringOf(image.slack_file.id) : undefined
  return id === undefined ? undefined : `/files/${encodeURIComponent(id)}`
}

/** A picture, or what it shows in words where it cannot be loaded. */
export function loadedImage(image: JsonObject, className = ''): HTMLElement {
  const alt = asText(image.alt_text)
  const url = imageUrlOf(image)
  const element = h('img', { class: className, src: url ?? '', alt, title: alt })
  element.addEventListener('error', () =>
    element.replaceWith(h('span', { class: 'missing-image', dir: 'auto' }, alt)),
  )
  return element
}

/** The small picture beside a text or within a context. */
export function renderImageElement({ element }: Placed): HTMLElement {
  return loadedImage(element, 'small-image')
}
