import type { Block } from '@slack/types'
import { limits } from '../limits.ts'

interface ChartPoint {
  label: string
  value: number
}

/**
 * A line chart. Workspaces that do not know it refuse the message.
 * @see https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
 */
export interface ChartBlock extends Block {
  type: 'data_visualization'
  title: string
  chart: {
    type: 'line'
    series: { name: string; data: ChartPoint[] }[]
    axis_config: { categories: string[]; x_label?: string; y_label?: string }
  }
}

interface LineChart {
  readonly title: string
  readonly seriesName: string
  readonly yLabel: string
  /** In their order; the labels differ from each other. At most as many as Slack shows. */
  readonly points: readonly ChartPoint[]
}

export function lineChart({ title, seriesName, yLabel, points }: LineChart): ChartBlock {
  const shown = points.slice(-limits.chartCategories)
  return {
    type: 'data_visualization',
    title,
    chart: {
      type: 'line',
      series: [{ name: seriesName, data: shown.map(({ label, value }) => ({ label, value })) }],
      axis_config: { categories: shown.map(({ label }) => label), y_label: yLabel },
    },
  }
}
