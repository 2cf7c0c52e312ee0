import type { CommandHint } from '../../wire.ts'
import { h, icon, icons } from '../dom.ts'
import type { State } from '../state.ts'
import { showToast } from './toast.ts'

/** Where a message goes. */
export interface Target {
  readonly channelId: string
  readonly threadTs: string | null
  readonly name: string
}

export interface Composer {
  readonly element: HTMLElement
  readonly aimAt: (target: Target) => void
}

let composers = 0

/** The field for messages and slash commands, with a list of commands while one is being typed. */
export function composer(state: State): Composer {
  let target: Target = { channelId: '', threadTs: null, name: '' }
  let writerId = ''
  /** None at first: Enter sends what was typed. */
  let marked = -1
  composers += 1
  const id = `commands-${composers}`
  const hints = h('div', { class: 'hints', role: 'listbox', 'aria-label': 'Commands', id, hidden: true })
  const field = h('textarea', {
    class: 'composer-field',
    rows: 1,
    dir: 'auto',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-controls': id,
  })
  const matching = (): CommandHint[] => {
    const typed = field.value
    if (!typed.startsWith('/') || typed.includes('\n')) return []
    return state.frame.hints.filter((hint) => hint.typed.startsWith(typed) && hint.typed !== typed)
  }
  const draw = () => {
    field.style.height = 'auto'
    // Nothing is known of its height while it is hidden.
    if (field.scrollHeight > 0) field.style.height = `${Math.min(field.scrollHeight, 200)}px`
    const found = matching()
    marked = Math.min(marked, found.length - 1)
    hints.hidden = found.length === 0
    hints.replaceChildren(...found.map((hint, index) => hintLine(hint, index === marked, () => take(hint))))
    for (const [index, line] of [...hints.children].entries()) line.id = `${id}-${index}`
    field.setAttribute('aria-activedescendant', hints.children[marked]?.id ?? '')
    hints.children[marked]?.scrollIntoView({ block: 'nearest' })
  }
  const take = (hint: CommandHint) => {
    field.value = hint.typed
    draw()
    field.focus()
  }
  const send = async () => {
    const text = field.value.trim()
    if (text === '') return
    field.value = ''
    draw()
    const { channelId, threadTs } = target
    const isCommand = text.startsWith('/')
    const { error } = await state.do({ do: isCommand ? 'type' : 'say', channelId, text, threadTs })
    if (error === null) return
    showToast(error)
    if (field.value === '') field.value = text
    draw()
  }
  field.addEventListener('input', () => {
    marked = -1
    draw()
  })
  field.addEventListener('keydown', (event) => {
    const found = hints.hidden ? [] : matching()
    const hint = found[marked]
    const [first] = found
    if (first !== undefined && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      const from = marked === -1 && event.key === 'ArrowUp' ? 0 : marked
      marked = (from + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length
      draw()
    } else if (first !== undefined && event.key === 'Tab') take(hint ?? first)
    else if (hint !== undefined && event.key === 'Enter') take(hint)
    else if (first !== undefined && event.key === 'Escape') hints.hidden = true
    else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) void send()
    else return
    event.preventDefault()
  })
  const button = h(
    'button',
    { type: 'button', class: 'send', 'aria-label': 'Send', on: { click: () => void send() } },
    icon(icons.send),
  )
  return {
    element: h('div', { class: 'composer' }, hints, h('div', { class: 'composer-box' }, field, button)),
    aimAt: (next) => {
      const isElsewhere =
        next.channelId !== target.channelId ||
        next.threadTs !== target.threadTs ||
        writerId !== state.frame.meId
      target = next
      writerId = state.frame.meId
      const label = next.threadTs === null ? `Message ${next.name}` : 'Reply…'
      field.placeholder = label
      field.setAttribute('aria-label', label)
      if (!isElsewhere) return
      field.value = ''
      draw()
    },
  }
}

function hintLine(hint: CommandHint, isMarked: boolean, onPick: () => void): HTMLElement {
  return h(
    'div',
    {
      class: isMarked ? 'option marked' : 'option',
      role: 'option',
      'aria-selected': isMarked ? 'true' : 'false',
      on: { mousedown: (event) => event.preventDefault(), click: onPick },
    },
    h('code', {}, hint.typed),
    h('span', { class: 'option-description' }, hint.does),
  )
}
