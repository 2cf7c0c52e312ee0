import type { KnownBlock, PlanBlock, RichTextBlock, TaskCardBlock } from '@slack/types'
import { type FragmentOf, graphql } from '../client/index.ts'
import { lines, plainContext, section } from './blocks/layout.ts'
import { plain } from './blocks/text.ts'
import { copiedFraction } from './card/facts.ts'
import { tidy } from './escape.ts'
import { message, type SlackMessage } from './message.ts'
import { given, join, type Mrkdwn, mrkdwn, none, sentences } from './mrkdwn.ts'
import { route } from './route.ts'
import { counted, formatPercent, formatSeconds } from './units.ts'
import { stepDetail, stepMarks, stepWords } from './words/steps.ts'
import { statusWords } from './words/status.ts'

export const progressFragment = graphql(`
  fragment ProgressMessage on Migration {
    shortId
    name
    status
    source {
      name
    }
    target {
      name
    }
    steps {
      name
      status
      detail
      startedAt
      finishedAt
    }
    progress {
      copiedBytes
      copiedRows
      copiedTables
      estimatedRows
      sizeBytes
      tables
    }
  }
`)

export type Progress = FragmentOf<typeof progressFragment>
type Step = Progress['steps'][number]

/** Every step of a migration, with what it did or where it is. */
export function progressMessage(migration: Progress, now: Date): SlackMessage {
  const steps = migration.steps.filter(({ status }) => status !== 'SKIPPED')
  const { mark, words } = statusWords[migration.status]
  const title = [plainContext(plain`${migration.name}  ·  ${route(migration)}  ·  ${migration.shortId}`)]
  const current = steps.filter(({ status }) => status === 'RUNNING' || status === 'FAILED')
  const plan: PlanBlock = {
    type: 'plan',
    title: `${mark} ${words}`,
    tasks: steps.map((step) => taskOf(step, migration, now)),
  }
  const older: KnownBlock = section(
    lines(mrkdwn`${mark} *${words}*`, ...steps.map((step) => lineOf(step, migration, now))),
  )
  return message({
    text: sentences([
      mrkdwn`${migration.name}: ${words}`,
      ...current.map((step) => lineOf(step, migration, now)),
    ]),
    blocks: [...title, plan],
    olderBlocks: [...title, older],
  })
}

const taskStatuses: Readonly<Record<Step['status'], TaskCardBlock['status']>> = {
  PENDING: 'pending',
  RUNNING: 'in_progress',
  DONE: 'complete',
  SKIPPED: 'complete',
  FAILED: 'error',
}

function taskOf(step: Step, migration: Progress, now: Date): TaskCardBlock {
  const facts = [durationOf(step, now), detailOf(step, migration)].filter((fact) => fact !== '')
  return {
    type: 'task_card',
    task_id: step.name.toLowerCase(),
    title: stepWords[step.name].doing,
    status: taskStatuses[step.status],
    ...(facts.length > 0 && { details: richLine(facts.join(', ')) }),
  }
}

function richLine(text: string): RichTextBlock {
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
  }
}

function lineOf(step: Step, migration: Progress, now: Date): Mrkdwn {
  const detail = detailOf(step, migration)
  const duration = durationOf(step, now)
  return join(
    [
      mrkdwn`${stepMarks[step.status]} ${stepWords[step.name].doing}`,
      duration === '' ? none : mrkdwn`${duration}`,
      detail === '' ? none : given(detail, 200),
    ],
    '  ',
  )
}

function durationOf({ startedAt, finishedAt }: Step, now: Date): string {
  if (startedAt === null) return ''
  const end = finishedAt === null ? now.getTime() : Date.parse(finishedAt)
  return formatSeconds(Math.max(0, (end - Date.parse(startedAt)) / 1000))
}

function detailOf(step: Step, migration: Progress): string {
  const { progress } = migration
  if (step.name === 'FULL_COPY' && step.status === 'RUNNING')
    return `${formatPercent(copiedFraction(migration))}, ${progress.copiedTables} of ${counted(progress.tables, 'table')}`
  const detail = stepDetail(step.detail)
  return detail === null ? '' : tidy(detail, 200)
}
