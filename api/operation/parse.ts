import { type DocumentNode, GraphQLError, parse } from 'graphql'
import { assertTokenCount } from '../limits/index.ts'

/**
 * Parses a query text of bounded size. GraphQL's own messages quote what they stumble over, which may be a secret
 * that was written into the query; these say only where.
 * @throws GodwitError QUERY_TOO_LARGE
 * @throws GraphQLError with the place of the mistake
 */
export function parseQuery(text: string, maxTokens: number): DocumentNode {
  try {
    assertTokenCount(text, maxTokens)
    return parse(text)
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    const { source, positions, locations } = error
    const place = locations?.[0]
    throw new GraphQLError(
      place === undefined
        ? 'The query is not valid GraphQL.'
        : `The query is not valid GraphQL at line ${place.line}, column ${place.column}.`,
      { ...(source && { source }), ...(positions && { positions }) },
    )
  }
}
