import { Lexer, Source, TokenKind } from 'graphql'
import { GodwitError } from '../../engine/index.ts'

/**
 * Refuses a query text of more lexical tokens, before anything is built of it.
 * @throws GodwitError QUERY_TOO_LARGE
 * @throws GraphQLError when it is not GraphQL at all
 */
export function assertTokenCount(text: string, maxTokens: number): void {
  const lexer = new Lexer(new Source(text))
  for (let count = 0; lexer.advance().kind !== TokenKind.EOF; count++) {
    if (count >= maxTokens) {
      throw new GodwitError('QUERY_TOO_LARGE', `The query has more than ${maxTokens} lexical tokens.`)
    }
  }
}
