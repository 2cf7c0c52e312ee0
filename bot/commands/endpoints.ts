import { graphql } from '../client/index.ts'
import type { ActionHandler, CommandHandler } from '../registry.ts'
import type { Turn } from '../turn.ts'
import { endpointLineFragment, endpointList, readButtonValue } from '../views/index.ts'

const EndpointsQuery = graphql(
  `
    query EndpointLines($after: String) {
      endpoints(first: 20, after: $after) {
        nodes {
          ...EndpointLine
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [endpointLineFragment],
)

/** The databases that Godwit knows. */
export const endpoints: CommandHandler = { keeping: 'at once', run: (turn) => showEndpoints(turn, null) }

/** Those that follow what was shown. */
export const moreEndpoints: ActionHandler = {
  keeping: 'at once',
  run: (turn, { value }) => showEndpoints(turn, readButtonValue(value)?.i ?? null),
}

async function showEndpoints(turn: Turn, after: string | null): Promise<void> {
  const { endpoints: found } = await turn.api.execute(EndpointsQuery, { after })
  const { hasNextPage, endCursor } = found.pageInfo
  await turn.tell(endpointList(found.nodes, hasNextPage && endCursor != null ? { i: endCursor } : undefined))
}
