import { complexityFromQuery } from '@pothos/plugin-complexity'
import { type DocumentNode, type GraphQLSchema, Kind, type OperationDefinitionNode } from 'graphql'
import { GodwitError } from '../../engine/index.ts'

export interface Operation {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  /** Checked already against the types of the operation. */
  readonly variables: Readonly<Record<string, unknown>>
}

/**
 * Refuses an operation that could answer with too much: the fields count, times the sizes of the lists and pages
 * that they are in.
 * @throws GodwitError QUERY_TOO_COMPLEX
 */
export function assertComplexity(operation: Operation, maxComplexity: number): void {
  const { complexity } = complexityFromQuery(documentOf(operation), {
    schema: operation.schema,
    variables: { ...operation.variables },
  })
  if (complexity > maxComplexity) {
    throw new GodwitError(
      'QUERY_TOO_COMPLEX',
      `The query counts ${complexity} points; it may count at most ${maxComplexity}.`,
    )
  }
}

/** The plugin looks at the first operation of a document only. */
function documentOf({ document, operation }: Operation): DocumentNode {
  return {
    ...document,
    definitions: document.definitions.filter(
      (definition) => definition.kind !== Kind.OPERATION_DEFINITION || definition === operation,
    ),
  }
}
