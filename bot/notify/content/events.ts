import { graphql } from '../../client/index.ts'
import type { OutgoingMessage } from '../../slack/index.ts'
import {
  completedMessage,
  completionFragment,
  failedMessage,
  migrationCardFragment,
  threadEvents,
  verifyReportFragment,
  verifyReportMessage,
} from '../../views/index.ts'
import { eventFragment, payloadText, type ToldEvent } from '../events.ts'
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

const Failed = graphql(
  `
    query Failed($id: ID!) {
      migration(id: $id) {
        ...MigrationCard
      }
    }
  `,
  [migrationCardFragment],
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

export interface ThreadOf {
  readonly shortId: string
  /** The workspace of the channel. */
  readonly team: string
}

/** After an outage there may be many: so many lines go into one message. */
const linesAMessage = 10

export async function threadPosts(
  needs: Pick<NotifyNeeds, 'api'>,
  of: ThreadOf,
  events: readonly ToldEvent[],
): Promise<readonly ThreadPost[]> {
  const posts: ThreadPost[] = []
  for (let start = 0; start < events.length; start += linesAMessage)
    posts.push(...(await postsOf(needs, of, events.slice(start, start + linesAMessage))))
  return posts
}

/** What ends a verify or the whole run is shown in full, unless what came after it has made it old. */
async function postsOf(
  needs: Pick<NotifyNeeds, 'api'>,
  { shortId, team }: ThreadOf,
  events: readonly ToldEvent[],
): Promise<readonly ThreadPost[]> {
  const end = events.findLastIndex((event) => isEndOfVerify(event) || isFailure(event))
  const ending = events[end]
  if (ending === undefined) return lines(events, team)
  const full = await fullMessage(needs, shortId, ending)
  if (full === null) return lines(events, team)
  const before = events.slice(0, end).filter(({ type }) => isFailure(ending) || type !== 'VERIFY_FINISHED')
  return [
    ...lines(before, team),
    { message: full, upTo: ending.cursor },
    ...lines(events.slice(end + 1), team),
  ]
}

/** None of no events. */
function lines(events: readonly ToldEvent[], team: string): readonly ThreadPost[] {
  const last = events.at(-1)
  return last === undefined ? [] : [{ message: threadEvents(events, team), upTo: last.cursor }]
}

/** That it has finished comes before the status that it leads to, except where the status stays. */
function isEndOfVerify(event: ToldEvent): boolean {
  return event.type === 'VERIFY_FINISHED' || leadsOn.has(payloadText(event, 'report') ?? '')
}

/** What a worker reports of a verify, in the payload of the change of status. */
const leadsOn: ReadonlySet<string> = new Set(['VERIFY_PASSED', 'VERIFY_REFUSED'])

function isFailure(event: ToldEvent): boolean {
  return event.type === 'STATUS_CHANGED' && payloadText(event, 'to') === 'FAILED'
}

async function fullMessage(
  { api }: Pick<NotifyNeeds, 'api'>,
  shortId: string,
  ending: ToldEvent,
): Promise<OutgoingMessage | null> {
  if (isFailure(ending)) {
    const { migration } = await api.execute(Failed, { id: shortId })
    return migration?.status === 'FAILED' ? failedMessage(migration) : null
  }
  const { migration } = await api.execute(Verified, { id: shortId })
  if (migration?.verifyReport == null) return null
  const shown: readonly string[] =
    ending.type === 'VERIFY_FINISHED' ? ['SCHEDULED'] : ['READY', 'VERIFY_FAILED', 'SCHEDULED']
  return shown.includes(migration.status) ? verifyReportMessage(migration) : null
}

/** What only this event says, in a message of its own. */
export async function eventMessage(
  { api }: Pick<NotifyNeeds, 'api'>,
  { shortId, team }: ThreadOf,
  event: ToldEvent,
): Promise<OutgoingMessage | null> {
  if (event.type !== 'STATUS_CHANGED') return eventNotice(shortId, event, team)
  const { migration } = await api.execute(Completed, { id: shortId })
  return migration === null ? null : completedMessage(migration, team)
}
