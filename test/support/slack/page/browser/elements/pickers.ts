import { asText, shownText } from '../../../json.ts'
import { h } from '../dom.ts'
import { enteredIn, focusName, type Placed } from '../surface.ts'
import { fromLocalInput, toLocalInput } from '../text/dates.ts'
import { chooseIn } from './use-element.ts'

const kinds: Readonly<
  Record<string, { type: 'date' | 'time' | 'datetime-local'; field: string; initial: string }>
> = {
  datepicker: { type: 'date', field: 'selected_date', initial: 'initial_date' },
  timepicker: { type: 'time', field: 'selected_time', initial: 'initial_time' },
  datetimepicker: {
    type: 'datetime-local',
    field: 'selected_date_time',
    initial: 'initial_date_time',
  },
}

/** A date, a time, or both: both in the time zone of the person. */
export function renderPicker(placed: Placed): HTMLElement {
  const { element, surface } = placed
  const { type, field, initial } = kinds[asText(element.type)] ?? { type: 'date', field: '', initial: '' }
  const timeZone = surface.state.me?.timeZone ?? 'Etc/UTC'
  const isMoment = type === 'datetime-local'
  const value = (enteredIn(placed) ?? {})[field] ?? element[initial] ?? null
  const input = h('input', {
    type,
    class: 'picker',
    'data-focus': focusName(placed),
    'data-action': asText(element.action_id),
    'aria-label': shownText(element.placeholder) || shownText(placed.block.label) || type,
    on: {
      change: () => {
        const entered = isMoment ? fromLocalInput(input.value, timeZone) : input.value
        void chooseIn(placed, entered === undefined || entered === '' ? null : entered)
      },
    },
  })
  if (typeof value === 'number') input.value = toLocalInput(value, timeZone)
  else if (typeof value === 'string') input.value = value
  if (!isMoment) return input
  return h(
    'span',
    { class: 'moment' },
    input,
    h('span', { class: 'zone' }, timeZone.replace(/^Etc\//, '').replaceAll('_', ' ')),
  )
}
