import { graphql } from '../../client/index.ts'
import type { OutgoingMessage } from '../../slack/index.ts'
import {
  completedMessage,
  completionFragment,
  threadEvents,
  verifyReportFragment,
  verifyReportMessage,
} from '../../views/index.ts'
import { eventFragment, type ToldEvent } from '../events.ts'
import type { NotifyNeeds } from '../ports.ts'
import { eventNotice } from './notices.ts'

const Events = graphql(
  `
    query Events($id: ID!, $after: EventCursor!) {
      migration(id: $id) {
        events(after: $after, first: 100) {
          nodes {
            ...ToldEvent
          }
          pageInfo {
            hasNextPage
          }
        }
      }
    }
  `,
  [eventFragment],
)

const Verified = graphql(
  `
    query Verified($id: ID!) {
      migration(id: $id) {
        ...VerifyReportMessage
      }
    }
  `,
  [verifyReportFragment],
)

const Completed = graphql(
  `
    query Completed($id: ID!) {
      migration(id: $id) {
        ...CompletionMessage
      }
    }
  `,
  [completionFragment],
)

export async function readEvents(
  { api }: Pick<NotifyNeeds, 'api'>,
  shortId: string,
  after: string,
): Promise<{ readonly events: readonly ToldEvent[]; readonly hasMore: boolean }> {
  const { migration } = await api.execute(Events, { id: shortId, after })
  if (migration === null) return { events: [], hasMore: false }
  const { nodes, pageInfo } = migration.events
  return { events: nodes, hasMore: pageInfo.hasNextPage }
}

/** One message of a thread. */
export interface ThreadPost {
  readonly message: OutgoingMessage
  /** The cursor of the last event that it tells of. */
  readonly upTo: string
}

/** After an outage there may be many: so many lines go into one message. */
const linesAMessage = 10

export async function threadPosts(
  needs: Pick<NotifyNeeds, 'api'>,
  shortId: string,
  events: readonly ToldEvent[],
): Promise<readonly ThreadPost[]> {
  const posts: ThreadPost[] = []
  for (let start = 0; start < events.length; start += linesAMessage) {
    const told = events.slice(start, start + linesAMessage)
    const last = told.at(-1)
    if (last !== undefined)
      posts.push({ message: await threadMessage(needs, shortId, told), upTo: last.cursor })
  }
  return posts
}

/** The result of a verify is shown in full when nothing else has happened since. */
async function threadMessage(
  { api }: Pick<NotifyNeeds, 'api'>,
  shortId: string,
  events: readonly ToldEvent[],
): Promise<OutgoingMessage> {
  if (!events.some(({ type }) => type === 'VERIFY_FINISHED')) return threadEvents(events)
  const { migration } = await api.execute(Verified, { id: shortId })
  const isReported = migration?.verifyReport != null && reported.has(migration.status)
  return isReported ? verifyReportMessage(migration) : threadEvents(events)
}

const reported: ReadonlySet<string> = new Set(['READY', 'VERIFY_FAILED', 'SCHEDULED'])

/** What only this event says, in a message of its own. */
export async function eventMessage(
  { api }: Pick<NotifyNeeds, 'api'>,
  shortId: string,
  event: ToldEvent,
): Promise<OutgoingMessage | null> {
  if (event.type !== 'STATUS_CHANGED') return eventNotice(shortId, event)
  const { migration } = await api.execute(Completed, { id: shortId })
  return migration === null ? null : completedMessage(migration)
}
