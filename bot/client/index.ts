export { ApiClient, type ApiAccess, type Caller, type Scope } from './api-client.ts'
export { ApiError, ApiUnreachableError, payloadOf } from './api-error.ts'
export { readNodes, readPages } from './read-pages.ts'
export { graphql, type FragmentOf, type ResultOf, type VariablesOf } from './graphql.ts'
