import { asText, type JsonObject } from '../../../json.ts'
import { h, svg } from '../dom.ts'
import { formatValue } from './chart-scale.ts'

const radius = 90

/** A pie and what its segments are. */
export function drawPie(segments: readonly JsonObject[]): HTMLElement {
  const values = segments.map(({ value }) => Math.max(Number(value), 0))
  const total = values.reduce((sum, value) => sum + value, 0) || 1
  const shares = values.map((value) => value / total)
  const starts = shares.map((_, index) => shares.slice(0, index).reduce((sum, share) => sum + share, 0))
  const names = segments.map(({ label }, index) => `${asText(label)}: ${formatValue(values[index] ?? 0)}`)
  return h(
    'div',
    { class: 'pie' },
    svg(
      'svg',
      { viewBox: '-100 -100 200 200', role: 'img', 'aria-label': names.join(', ') },
      shares.map((share, index) =>
        svg(
          'g',
          { class: `series-${index}` },
          share > 0.9999
            ? svg('circle', { class: 'slice', r: radius })
            : svg('path', { class: 'slice', d: slice(starts[index] ?? 0, share) }),
        ),
      ),
    ),
    h(
      'ul',
      { class: 'legend' },
      names.map((name, index) => h('li', { class: `series-${index}`, dir: 'auto' }, h('i'), name)),
    ),
  )
}

function slice(start: number, share: number): string {
  const at = (turn: number) => {
    const angle = turn * 2 * Math.PI - Math.PI / 2
    return `${(radius * Math.cos(angle)).toFixed(2)} ${(radius * Math.sin(angle)).toFixed(2)}`
  }
  return `M0 0L${at(start)}A${radius} ${radius} 0 ${share > 0.5 ? 1 : 0} 1 ${at(start + share)}Z`
}
