import { h } from '../dom.ts'
import type { ShownUser } from '../../wire.ts'

/** A square with the first letters of a name, in a colour of its own. */
export function avatar(user: ShownUser | undefined, name: string): HTMLElement {
  const letters = name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => firstLetter(word))
    .join('')
    .toUpperCase()
  const colour = hashOf(user?.id ?? name) % 8
  const kind = user?.isBot === true ? 'avatar bot' : 'avatar'
  return h('span', { class: `${kind} colour-${colour}`, 'aria-hidden': 'true' }, letters)
}

/** What a reader takes for one letter may be several characters: an emoji, an accent. */
function firstLetter(word: string): string {
  const [first] = new Intl.Segmenter().segment(word)
  return first?.segment ?? ''
}

function hashOf(text: string): number {
  let hash = 7
  for (let at = 0; at < text.length; at += 1) hash = (hash * 31 + text.charCodeAt(at)) % 10_007
  return hash
}
