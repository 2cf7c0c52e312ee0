import { graphql } from '../../client/index.ts'
import type { OutgoingMessage } from '../../slack/index.ts'
import { eventFragment, type ToldEvent } from '../events.ts'
import type { NotifyNeeds } from '../ports.ts'
import { plainEvent, plainEvents } from './notices.ts'

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
const linesAMessage = 15

export async function threadPosts(
  _needs: Pick<NotifyNeeds, 'api'>,
  _shortId: string,
  events: readonly ToldEvent[],
): Promise<readonly ThreadPost[]> {
  const posts: ThreadPost[] = []
  for (let start = 0; start < events.length; start += linesAMessage) {
    const told = events.slice(start, start + linesAMessage)
    const last = told.at(-1)
    if (last !== undefined) posts.push({ message: plainEvents(told), upTo: last.cursor })
  }
  return Promise.resolve(posts)
}

export async function eventMessage(
  _needs: Pick<NotifyNeeds, 'api'>,
  shortId: string,
  event: ToldEvent,
): Promise<OutgoingMessage | null> {
  return Promise.resolve(plainEvent(shortId, event))
}
