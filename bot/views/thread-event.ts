import { type FragmentOf, graphql } from '../client/index.ts'
import { actor, actorFragment } from './actor.ts'
import { context } from './blocks/layout.ts'
import { message, type SlackMessage } from './message.ts'
import { given, join, mrkdwn, none, when } from './mrkdwn.ts'

const threadEventFragment = graphql(
  `
    fragment ThreadEvent on Event {
      at
      message
      actor {
        ...ShownActor
      }
    }
  `,
  [actorFragment],
)

export type ThreadEvent = FragmentOf<typeof threadEventFragment>

const shownEvents = 10

/** What has happened to a migration, in the thread of its card: a small line each. */
export function threadEvents(events: readonly ThreadEvent[]): SlackMessage {
  const shown = events.slice(-shownEvents)
  const left = events.length - shown.length
  return message({
    text: join(
      shown.map(({ message: what }) => given(what, 200)),
      ' ',
    ),
    blocks: [
      ...(left > 0 ? [context(mrkdwn`${left} earlier events are not shown.`)] : []),
      ...shown.map(({ at, message: what, actor: who }) =>
        context(
          mrkdwn`${when(at, '{time_secs}')}  ${given(what, 500)}${who.kind === 'TOKEN' ? mrkdwn`  ·  ${actor(who)}` : none}`,
        ),
      ),
    ],
  })
}
