import {
  type ASTVisitor,
  GraphQLError,
  type GraphQLInputType,
  Kind,
  validateInputLiteral,
  type ValidationContext,
  type ValueNode,
} from 'graphql'
import { describeMismatch, formatPath } from './mismatch.ts'

/** GraphQL's ValuesOfCorrectTypeRule, whose messages quote the values, with messages that do not. */
export function quietValuesRule(context: ValidationContext): ASTVisitor {
  const check = (node: ValueNode, type: GraphQLInputType | null | undefined): false => {
    if (!type) return false
    const said = new Set<string>()
    validateInputLiteral(node, type, ({ nodes }, path) => {
      const place = path.length === 0 ? '' : ` at ${formatPath(path)}`
      const message = `A value in the query is not valid${place}: ${describeMismatch(type, path, (at) => fieldsOf(node, at))}.`
      // GraphQL reports each missing field of an object; one message names them all.
      if (!said.has(message)) context.reportError(new GraphQLError(message, { nodes: nodes ?? node }))
      said.add(message)
    })
    return false
  }
  const checkInput = (node: ValueNode) => check(node, context.getInputType())
  return {
    NullValue: checkInput,
    ListValue: (node) => check(node, context.getParentInputType()),
    ObjectValue: checkInput,
    EnumValue: checkInput,
    IntValue: checkInput,
    FloatValue: checkInput,
    StringValue: checkInput,
    BooleanValue: checkInput,
  }
}

function fieldsOf(value: ValueNode, path: readonly (string | number)[]): readonly string[] | undefined {
  const found = path.reduce<ValueNode | undefined>((outer, key) => {
    if (outer?.kind === Kind.LIST && typeof key === 'number') return outer.values[key]
    if (outer?.kind === Kind.OBJECT) return outer.fields.find((field) => field.name.value === key)?.value
    return outer
  }, value)
  return found?.kind === Kind.OBJECT ? found.fields.map((field) => field.name.value) : undefined
}
