import { asText, isList, isObject, type JsonObject, objectsOf } from '../../../json.ts'
import { type Child, h, svg } from '../dom.ts'
import type { Surface } from '../surface.ts'
import { formatValue, niceTicks } from './chart-scale.ts'
import { drawPie } from './pie.ts'

interface Series {
  readonly name: string
  readonly values: readonly number[]
}

interface Plot {
  readonly width: number
  readonly series: readonly Series[]
  readonly categories: readonly string[]
  readonly ticks: readonly number[]
  readonly x: (index: number) => number
  readonly y: (value: number) => number
}

/** In a narrow window the drawing is narrower, rather than its letters smaller. */
const narrowWindow = 640
const widths = { narrow: 340, wide: 600 } as const
const height = 240
const margin = { top: 12, right: 16, bottom: 30, left: 48 }

/** A chart of a `data_visualization` block: lines, areas, bars or a pie. */
export function renderChart(_surface: Surface, block: JsonObject): HTMLElement {
  const chart = isObject(block.chart) ? block.chart : {}
  const type = asText(chart.type)
  const title = h('figcaption', { dir: 'auto' }, asText(block.title))
  if (type === 'pie') return h('figure', { class: 'chart' }, title, drawPie(objectsOf(chart.segments)))
  const plot = plotOf(chart)
  const axis = isObject(chart.axis_config) ? chart.axis_config : {}
  const unit = asText(axis.y_label)
  return h(
    'figure',
    { class: 'chart' },
    title,
    unit === '' ? null : h('div', { class: 'axis-label', dir: 'auto' }, unit),
    svg(
      'svg',
      {
        viewBox: `0 0 ${plot.width} ${height}`,
        role: 'img',
        'aria-label': described(asText(block.title), plot),
      },
      grid(plot),
      categoryLabels(plot),
      type === 'bar' ? bars(plot) : lines(plot, type === 'area'),
    ),
    asText(axis.x_label) === '' ? null : h('div', { class: 'axis-label below' }, asText(axis.x_label)),
    legend(plot.series.map(({ name }) => name)),
  )
}

function plotOf(chart: JsonObject): Plot {
  const axis = isObject(chart.axis_config) ? chart.axis_config : {}
  const categories = (isList(axis.categories) ? axis.categories : []).map((category) => asText(category))
  const series = objectsOf(chart.series).map((one) => ({
    name: asText(one.name),
    values: objectsOf(one.data).map(({ value }) => Number(value)),
  }))
  const ticks = niceTicks(series.flatMap(({ values }) => values))
  const [low = 0, high = 1] = [ticks[0], ticks.at(-1)]
  const width = window.innerWidth < narrowWindow ? widths.narrow : widths.wide
  const innerWidth = width - margin.left - margin.right
  const innerHeight = height - margin.top - margin.bottom
  // A bar stands in the middle of its category, and so does a point.
  const x = (index: number) => margin.left + (innerWidth * (index + 0.5)) / Math.max(categories.length, 1)
  const y = (value: number) => margin.top + innerHeight * (1 - (value - low) / (high - low || 1))
  return { width, series, categories, ticks, x, y }
}

function grid({ width, ticks, y }: Plot): Child {
  return ticks.map((tick) => [
    svg('line', { class: 'grid', x1: margin.left, x2: width - margin.right, y1: y(tick), y2: y(tick) }),
    svg(
      'text',
      { class: 'tick', x: margin.left - 8, y: y(tick) + 4, 'text-anchor': 'end' },
      formatValue(tick),
    ),
  ])
}

/** As many as fit beside each other. */
function categoryLabels({ width, categories, x }: Plot): Child {
  const longest = Math.max(1, ...categories.map(({ length }) => length))
  const room = (width - margin.left - margin.right) / (longest * 7 + 12)
  const every = Math.max(1, Math.ceil(categories.length / room))
  return categories.map((category, index) =>
    index % every === 0
      ? svg('text', { class: 'tick', x: x(index), y: height - 10, 'text-anchor': 'middle' }, category)
      : null,
  )
}

function lines({ series, categories, x, y }: Plot, isFilled: boolean): Child {
  return series.map(({ name, values }, index) => {
    const points = values.map((value, at) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`)
    const area = [`${x(0)},${y(0)}`, ...points, `${x(values.length - 1)},${y(0)}`]
    return svg(
      'g',
      { class: `series-${index}` },
      isFilled ? svg('polygon', { class: 'area', points: area.join(' ') }) : null,
      svg('polyline', { class: 'line', points: points.join(' ') }),
      values.map((value, at) =>
        svg(
          'circle',
          { class: 'point', cx: x(at), cy: y(value), r: 3 },
          svg('title', {}, `${name}, ${categories[at] ?? ''}: ${formatValue(value)}`),
        ),
      ),
    )
  })
}

function bars({ width, series, categories, x, y }: Plot): Child {
  const band = ((width - margin.left - margin.right) / Math.max(categories.length, 1)) * 0.7
  const barWidth = band / Math.max(series.length, 1)
  return series.map(({ name, values }, index) =>
    svg(
      'g',
      { class: `series-${index}` },
      values.map((value, at) =>
        svg(
          'rect',
          {
            class: 'bar',
            x: x(at) - band / 2 + index * barWidth,
            y: Math.min(y(value), y(0)),
            width: Math.max(barWidth - 2, 1),
            height: Math.abs(y(value) - y(0)),
          },
          svg('title', {}, `${name}, ${categories[at] ?? ''}: ${formatValue(value)}`),
        ),
      ),
    ),
  )
}

function legend(names: readonly string[]): HTMLElement {
  return h(
    'ul',
    { class: 'legend' },
    names.map((name, index) => h('li', { class: `series-${index}`, dir: 'auto' }, h('i'), name)),
  )
}

/** For those who do not see it: where each line began and where it is now. */
function described(title: string, { series, categories }: Plot): string {
  const told = series.map(
    ({ name, values }) => `${name} from ${formatValue(values[0] ?? 0)} to ${formatValue(values.at(-1) ?? 0)}`,
  )
  return `${title}: ${told.join('; ')} (${categories[0] ?? ''} to ${categories.at(-1) ?? ''})`
}
