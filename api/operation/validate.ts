import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  specifiedRules,
  validate,
  ValuesOfCorrectTypeRule,
} from 'graphql'
import { assertAliases, assertDepth, assertNoIntrospection, type Limits } from '../limits/index.ts'
import { quietValuesRule } from './values-rule.ts'

export interface ValidationSettings {
  readonly limits: Limits
  readonly introspection: boolean
}

const rules = specifiedRules.map((rule) => (rule === ValuesOfCorrectTypeRule ? quietValuesRule : rule))

/**
 * The rules of GraphQL, after the limits that are cheap to check.
 * @throws GodwitError QUERY_TOO_DEEP, QUERY_TOO_MANY_ALIASES, INTROSPECTION_DISABLED
 */
export function validateDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  { limits, introspection }: ValidationSettings,
): readonly GraphQLError[] {
  if (!introspection) assertNoIntrospection(document)
  assertDepth(document, limits.maxDepth)
  assertAliases(document, limits.maxAliases)
  return validate(schema, document, rules, { maxErrors: 20, hideSuggestions: !introspection })
}
