import type { ApiContext } from '../../context.ts'
import { toUserError } from './classes.ts'

/**
 * Makes the resolver of a mutation of what it does: what Godwit names becomes an answer of the mutation's union,
 * all else an error at the top.
 */
export function answer<Input extends object, Result>(
  work: (input: Input, context: ApiContext) => Promise<Result>,
): (root: unknown, args: { readonly input: Input }, context: ApiContext) => Promise<Result> {
  return async (_root, { input }, context) => {
    try {
      return await work(input, context)
    } catch (error) {
      throw toUserError(error, 'id' in input && typeof input.id === 'string' ? input.id : null)
    }
  }
}
