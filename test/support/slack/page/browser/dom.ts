export type Child = Node | string | null | undefined | readonly Child[]

type Handlers = {
  readonly [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name]) => void
}

export interface Props {
  readonly class?: string
  readonly on?: Handlers
  readonly [attribute: string]: string | number | boolean | undefined | Handlers
}

/** An element. Text is always text: nothing that a message says becomes markup. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  setProps(element, props)
  append(element, children)
  return element
}

/** The same for drawings. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  props: Props = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  setProps(element, props)
  append(element, children)
  return element
}

function setProps(element: Element, { on = {}, ...attributes }: Props): void {
  for (const [name, value] of Object.entries(attributes))
    if (value === true) element.setAttribute(name, '')
    else if (typeof value === 'string' || typeof value === 'number') element.setAttribute(name, String(value))
  for (const [name, handler] of Object.entries(on))
    // Each handler takes the event of its own name, which the type of Handlers ties to it.
    element.addEventListener(name, (event) => Reflect.apply(handler, undefined, [event]))
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children)
    if (child === null || child === undefined) continue
    else if (typeof child === 'string' || child instanceof Node) element.append(child)
    else append(element, child)
}

/** A line of an icon, drawn in the colour of the text around it. */
export function icon(path: string, label?: string): SVGSVGElement {
  return svg(
    'svg',
    {
      viewBox: '0 0 20 20',
      class: 'icon',
      ...(label === undefined ? { 'aria-hidden': 'true' } : { role: 'img', 'aria-label': label }),
    },
    svg('path', { d: path }),
  )
}

export const icons = {
  close: 'M5 5l10 10M15 5L5 15',
  down: 'M5 8l5 5 5-5',
  more: 'M10 4.5v.01M10 10v.01M10 15.5v.01',
  lock: 'M6 9V7a4 4 0 0 1 8 0v2M5 9h10v7H5z',
  eye: 'M2.5 10S5.500 5 10 5s7.500 5 7.500 5-3 5-7.500 5-7.500-5-7.500-5zM10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  send: 'M3.500 3.500L17 10 3.500 16.500 5.500 10zM5.500 10H10',
  menu: 'M3.500 5.500h13M3.500 10h13M3.500 14.500h13',
  thread: 'M4 4h12v9H9l-4 3v-3H4z',
  check: 'M4.500 10.500l3.500 3.500 7.500-8',
  cross: 'M6 6l8 8M14 6l-8 8',
  file: 'M6 3h6l3 3v11H6zM12 3v3h3',
  back: 'M12 5l-5 5 5 5',
} as const
