import { z } from 'zod'
import { type FragmentOf, graphql } from '../client/index.ts'
import { actor, actorFragment } from './actor.ts'
import { apiText, type Naming } from './api-text.ts'
import { context } from './blocks/layout.ts'
import { message, type SlackMessage } from './message.ts'
import { join, type Mrkdwn, mrkdwn, none, when } from './mrkdwn.ts'
import { counted } from './units.ts'
import { statusWords } from './words/status.ts'
import { stepDetail, stepMarks, stepWords } from './words/steps.ts'

const threadEventFragment = graphql(
  `
    fragment ThreadEvent on Event {
      at
      type
      message
      payload
      actor {
        ...ShownActor
      }
    }
  `,
  [actorFragment],
)

export type ThreadEvent = FragmentOf<typeof threadEventFragment>

/** A later Godwit may know more statuses and steps: what they are called then is said by the event itself. */
const oneOf = <Name extends string>(words: Readonly<Record<Name, unknown>>) =>
  z.custom<Name>((value) => typeof value === 'string' && Object.hasOwn(words, value))

const statusMove = z.object({
  to: oneOf(statusWords),
  acceptedWarnings: z.array(z.string()).default([]),
  problem: z.string().optional(),
})
type StatusMove = z.infer<typeof statusMove>

const stepMove = z.object({
  step: oneOf(stepWords),
  to: oneOf(stepMarks),
  detail: z.string().nullable().default(null),
})

const shownEvents = 10

/** What has happened to a migration, in the thread of its card: a small line each. */
export function threadEvents(events: readonly ThreadEvent[], workspaceId: string): SlackMessage {
  const shown = events.slice(-shownEvents)
  const left = events.length - shown.length
  return message({
    text: join(
      shown.map((event) => wordsOf(event, workspaceId, 200)),
      ' ',
    ),
    blocks: [
      ...(left > 0 ? [context(mrkdwn`${left} earlier events are not shown.`)] : []),
      ...shown.map((event) =>
        context(
          mrkdwn`${when(event.at, '{time_secs}')}  ${wordsOf(event, workspaceId, 500)}${event.actor.kind === 'TOKEN' ? mrkdwn`  ·  ${actor(event.actor, workspaceId)}` : none}`,
        ),
      ),
    ],
  })
}

/** Of which the message of the plan says all, and who did it stands behind. */
const inShort: Readonly<Partial<Record<ThreadEvent['type'], string>>> = {
  CUTOVER_PLANNED: '🟡 Cutover planned',
  CUTOVER_APPROVED: '✅ Approval given',
}

/** The engine names statuses and steps as the API does: here they have the words of the card. */
function wordsOf(event: ThreadEvent, workspaceId: string, room: number): Mrkdwn {
  const { type, message: said, payload } = event
  // Slack tells whom a new message names: only who did it themselves.
  const naming = { workspaceId, only: event.actor.onBehalfOf }
  const moved = type === 'STATUS_CHANGED' ? statusMove.safeParse(payload).data : undefined
  if (moved !== undefined) return statusText(moved, naming, room)
  const step = type === 'STEP_CHANGED' ? stepMove.safeParse(payload).data : undefined
  if (step === undefined) return apiText(inShort[type] ?? said, room, naming)
  const what = mrkdwn`${stepMarks[step.to]} ${stepWords[step.step].name}`
  const detail = stepDetail(step.detail)
  return detail === null ? what : mrkdwn`${what}: ${apiText(detail, room, naming)}`
}

function statusText({ to, acceptedWarnings, problem }: StatusMove, naming: Naming, room: number): Mrkdwn {
  const { mark, words } = statusWords[to]
  return join(
    [
      mrkdwn`${mark} ${words}`,
      acceptedWarnings.length === 0
        ? none
        : mrkdwn`, ${counted(acceptedWarnings.length, 'warning')} accepted`,
      problem === undefined ? none : mrkdwn`: ${apiText(problem, room, naming)}`,
    ],
    '',
  )
}
