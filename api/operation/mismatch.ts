import {
  getNullableType,
  type GraphQLInputType,
  isInputObjectType,
  isListType,
  isRequiredInputField,
} from 'graphql'

/**
 * Says what was expected of an input value, without quoting it: it may be a password in the wrong place. GraphQL's
 * own messages quote.
 *
 * @param givenFields the names of the fields, when the value is an object
 */
export function describeMismatch(
  type: GraphQLInputType,
  path: readonly (string | number)[],
  givenFields: (path: readonly (string | number)[]) => readonly string[] | undefined,
): string {
  const expected = typeAt(type, path)
  const fields = givenFields(path)
  const object = getNullableType(expected)
  if (fields === undefined || !isInputObjectType(object)) return `expected ${String(expected)}`
  const known = Object.values(object.getFields())
  const missing = known.filter((field) => isRequiredInputField(field) && !fields.includes(field.name))
  const unknown = fields.filter((name) => !known.some((field) => field.name === name))
  return [
    ...missing.map((field) => `${field.name} is missing`),
    ...unknown.map((name) => `${isShortName(name) ? name : 'a field'} is not known to ${object.name}`),
  ].join(', ')
}

/** As people write it: `connection.tls`, `include[2].table`. */
export function formatPath(path: readonly (string | number)[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '')
}

function typeAt(type: GraphQLInputType, path: readonly (string | number)[]): GraphQLInputType {
  return path.reduce<GraphQLInputType>((outer, key) => {
    const current = getNullableType(outer)
    if (isListType(current)) return current.ofType
    const field = isInputObjectType(current) ? current.getFields()[key] : undefined
    return field?.type ?? outer
  }, type)
}

function isShortName(name: string): boolean {
  return /^\w{1,40}$/.test(name)
}
