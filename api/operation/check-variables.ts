import {
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  validateInputValue,
} from 'graphql'
import { GodwitError } from '../../engine/index.ts'
import { describeMismatch, formatPath } from './mismatch.ts'

type Variables = Readonly<Record<string, unknown>>

/**
 * Checks the values of variables against their types, before GraphQL does and would quote them in its messages.
 * @throws GodwitError BAD_INPUT, naming the place
 */
export function checkVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Variables,
): void {
  for (const { variable, type: typeNode, defaultValue } of operation.variableDefinitions ?? []) {
    const name = variable.name.value
    const type = typeFromAST(schema, typeNode)
    if (!isInputType(type)) continue
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined
    if (value === undefined) {
      if (isNonNullType(type) && defaultValue === undefined) throw invalidVariable(name, [], 'it is missing')
      continue
    }
    validateInputValue(value, type, (_quotingError, path) => {
      throw invalidVariable(
        name,
        path,
        describeMismatch(type, path, (at) => fieldsOf(value, at)),
      )
    })
  }
}

function invalidVariable(name: string, path: readonly (string | number)[], why: string): GodwitError {
  const place = path.length === 0 ? '' : ` at ${formatPath(path)}`
  return new GodwitError('BAD_INPUT', `The variable $${name} is not valid${place}: ${why}.`, {
    field: formatPath([name, ...path]),
  })
}

function fieldsOf(value: unknown, path: readonly (string | number)[]): readonly string[] | undefined {
  const found = path.reduce<unknown>(
    (outer, key) => (isObject(outer) ? Reflect.get(outer, key) : undefined),
    value,
  )
  return isObject(found) && !Array.isArray(found) ? Object.keys(found) : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
