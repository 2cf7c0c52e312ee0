import type { GraphQLError, GraphQLFormattedError } from 'graphql'

/** An error as it goes out; what is meant for the HTTP layer stays behind. */
export function formatPublicError(error: GraphQLError): GraphQLFormattedError {
  const { extensions = {}, ...formatted } = error.toJSON()
  const { http: _http, ...shown } = extensions
  return { ...formatted, extensions: shown }
}
