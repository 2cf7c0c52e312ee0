import type { JsonObject } from '../support/slack/index.ts'
import { actions, button, option, plain, repeat } from './samples.ts'

export const buttonWith = (more: JsonObject) => [actions(button('Go', more))]
export const select = (more: JsonObject) => [
  actions({
    type: 'static_select',
    action_id: 's',
    placeholder: plain('Choose'),
    options: [option('a')],
    ...more,
  }),
]

export const table = (rows: number, columns: number): JsonObject => ({
  type: 'table',
  rows: repeat(rows, () => repeat(columns, () => ({ type: 'raw_text', text: 'x' }))),
})
export const chart = (series: number, categories: number, more: JsonObject = {}): JsonObject => {
  const labels = repeat(categories, (index) => `c${index}`)
  return {
    type: 'data_visualization',
    title: 'Lag',
    chart: {
      type: 'line',
      series: repeat(series, (index) => ({
        name: `s${index}`,
        data: labels.map((label) => ({ label, value: 1 })),
      })),
      axis_config: { categories: labels },
    },
    ...more,
  }
}
