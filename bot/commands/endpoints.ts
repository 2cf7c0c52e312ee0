import { graphql } from '../client/index.ts'
import type { CommandHandler } from '../registry.ts'
import { endpointLineFragment, endpointList } from '../views/index.ts'

const EndpointsQuery = graphql(
  `
    query EndpointLines {
      endpoints(first: 20) {
        nodes {
          ...EndpointLine
        }
        pageInfo {
          hasNextPage
        }
      }
    }
  `,
  [endpointLineFragment],
)

/** The databases that Godwit knows. */
export const endpoints: CommandHandler = {
  keeping: 'at once',
  async run(turn) {
    const { endpoints: found } = await turn.api.execute(EndpointsQuery, {})
    await turn.tell(endpointList(found.nodes, found.pageInfo.hasNextPage))
  },
}
