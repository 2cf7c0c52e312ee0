import type { KnownBlock } from '@slack/types'
import { type FragmentOf, graphql } from '../client/index.ts'
import { lineChart } from './blocks/chart.ts'
import { context, lines, plainContext, section } from './blocks/layout.ts'
import { plain } from './blocks/text.ts'
import { limits } from './limits.ts'
import { message, type SlackMessage } from './message.ts'
import { mrkdwn, none, sentences } from './mrkdwn.ts'
import { route } from './route.ts'
import { formatBytes, formatSeconds, formatSparkline } from './units.ts'

export const lagFragment = graphql(`
  fragment LagMessage on Migration {
    shortId
    name
    source {
      name
    }
    target {
      name
    }
    lagSamples: lagHistory(limit: 300) {
      at
      seconds
      bytes
      retainedBytes
    }
  }
`)

export type Lag = FragmentOf<typeof lagFragment>
type Sample = Lag['lagSamples'][number]

/** How far the target has been behind the source. */
export function lagMessage(migration: Lag): SlackMessage {
  const { lagSamples: samples } = migration
  const title = plainContext(plain`${migration.name}  ·  ${route(migration)}  ·  ${migration.shortId}`)
  const last = samples.at(-1)
  if (last === undefined) {
    const nothing = mrkdwn`Lag is measured as soon as changes are followed.`
    return message({ text: mrkdwn`${migration.name}: ${nothing}`, blocks: [title, section(nothing)] })
  }
  const worst = Math.max(...samples.map(({ seconds }) => seconds))
  const span = (Date.parse(last.at) - Date.parse(samples[0]?.at ?? last.at)) / 1000
  const before = span < 1 ? none : mrkdwn`, worst ${formatSeconds(worst)} in the last ${formatSeconds(span)}`
  const now = mrkdwn`*Lag now ${formatSeconds(last.seconds)}* (${formatBytes(last.bytes)})${before}.`
  const kept = context(mrkdwn`The source keeps ${formatBytes(last.retainedBytes)} of log for the target.`)
  const points = pointsOf(samples)
  const older: KnownBlock[] = [
    title,
    section(lines(now, mrkdwn`${formatSparkline(points.map(({ value }) => value))}`)),
    kept,
  ]
  if (points.length < 2)
    return message({ text: sentences([mrkdwn`${migration.name}: ${now}`]), blocks: older })
  return message({
    text: sentences([mrkdwn`${migration.name}: ${now}`]),
    blocks: [
      title,
      section(now),
      lineChart({ title: 'Lag in seconds', seriesName: 'Lag', yLabel: 'Seconds', points }),
      kept,
    ],
    olderBlocks: older,
  })
}

/** As many points as a chart has, each the worst of its share of the samples, named by how long ago it was. */
function pointsOf(samples: readonly Sample[]): { label: string; value: number }[] {
  const share = Math.max(1, Math.ceil(samples.length / limits.chartCategories))
  const end = Date.parse(samples.at(-1)?.at ?? '')
  const points = new Map<string, number>()
  for (let first = 0; first < samples.length; first += share) {
    const some = samples.slice(first, first + share)
    const ago = Math.round((end - Date.parse(some.at(-1)?.at ?? '')) / 1000)
    points.set(ago === 0 ? 'now' : `−${ago} s`, Math.max(...some.map(({ seconds }) => seconds)))
  }
  return [...points].map(([label, value]) => ({ label, value }))
}
