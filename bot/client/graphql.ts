import { initGraphQLTada } from 'gql.tada'
import type { introspection } from './graphql-env.d.ts'

/**
 * Makes a typed document of GraphQL text: what it asks for and what comes back is checked against `api/schema.graphql`
 * by the compiler.
 */
export const graphql = initGraphQLTada<{
  introspection: introspection
  disableMasking: true
  scalars: {
    BigInt: string
    DateTime: string
    /** ISO 8601. */
    Duration: string
    EventCursor: string
    JSON: unknown
    LSN: string
  }
}>()

export type { FragmentOf, ResultOf, VariablesOf } from 'gql.tada'
