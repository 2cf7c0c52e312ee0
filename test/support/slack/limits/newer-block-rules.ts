import { isDeepStrictEqual } from 'node:util'
import { isList, isObject, type JsonObject, objectsOf } from '../json.ts'
import { limits } from './numbers.ts'
import { richText } from './rich-text-rules.ts'
import {
  byType,
  finite,
  flag,
  inside,
  list,
  oneOf,
  type Place,
  report,
  type Rule,
  shape,
  text,
} from './rules.ts'

const block = { block_id: text(limits.id) }

const taskCard: Rule = shape({
  required: { type: oneOf('task_card'), task_id: text(limits.id), title: text(limits.text) },
  optional: {
    ...block,
    details: richText,
    output: richText,
    sources: list(
      shape({ required: { type: oneOf('url'), url: text(limits.url), text: text(limits.text) } }),
      100,
    ),
    status: oneOf('pending', 'in_progress', 'complete', 'error'),
  },
})

const cell: Rule = byType({
  rich_text: richText,
  raw_text: shape({ required: { type: oneOf('raw_text'), text: text(limits.text) } }),
  raw_number: shape({
    required: { type: oneOf('raw_number'), value: finite, text: text(limits.text) },
  }),
})

function rowsAreEqual(table: JsonObject, place: Place): void {
  const rows = isList(table.rows) ? table.rows : []
  const widths = new Set(rows.map((row) => (isList(row) ? row.length : 0)))
  if (widths.size > 1) report(inside(place, 'rows'), 'all rows must have the same number of cells')
}

const chartLabel = text(limits.chartLabel)
const point = shape({ required: { label: chartLabel, value: finite } })

/** Each series has its own name, and a point for each category in the categories' order. */
function seriesAgree(chart: JsonObject, place: Place): void {
  const series = objectsOf(chart.series)
  const names = new Set(series.map((one) => one.name))
  if (names.size < series.length) report(inside(place, 'series'), 'series names must be unique')
  const categories = isObject(chart.axis_config) ? chart.axis_config.categories : []
  series.forEach((one, index) => {
    const labels = objectsOf(one.data).map((entry) => entry.label)
    if (!isDeepStrictEqual(labels, categories))
      report(inside(place, `series/${index}/data`), 'labels must match the categories')
  })
}

function seriesChart(type: string): Rule {
  return shape({
    required: {
      type: oneOf(type),
      series: list(
        shape({ required: { name: chartLabel, data: list(point, limits.chartCategories) } }),
        limits.chartSeries,
      ),
      axis_config: shape({
        required: { categories: list(chartLabel, limits.chartCategories) },
        optional: { x_label: text(limits.chartTitle), y_label: text(limits.chartTitle) },
      }),
    },
    also: seriesAgree,
  })
}

/** What a workspace may not know yet, and refuses as `invalid_blocks` then. */
export const newerBlockRules: Readonly<Record<string, Rule>> = {
  markdown: shape({
    required: { type: oneOf('markdown'), text: text(limits.markdownTogether) },
    optional: block,
  }),
  table: shape({
    required: {
      type: oneOf('table'),
      rows: list(list(cell, limits.tableColumns), limits.tableRows),
    },
    optional: {
      ...block,
      column_settings: list(
        shape({ optional: { align: oneOf('left', 'center', 'right'), is_wrapped: flag } }),
        limits.tableColumns,
      ),
    },
    also: rowsAreEqual,
  }),
  task_card: taskCard,
  plan: shape({
    required: { type: oneOf('plan'), title: text(limits.text) },
    optional: { ...block, tasks: list(taskCard, limits.blocksInMessage, 0) },
  }),
  data_visualization: shape({
    required: {
      type: oneOf('data_visualization'),
      title: text(limits.chartTitle),
      chart: byType({
        line: seriesChart('line'),
        bar: seriesChart('bar'),
        area: seriesChart('area'),
        pie: shape({
          required: { type: oneOf('pie'), segments: list(point, limits.chartSeries) },
        }),
      }),
    },
    optional: block,
  }),
}
