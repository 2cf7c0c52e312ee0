import type { AuthFailure } from '@pothos/plugin-scope-auth'
import { GodwitError, type Scope, scopes } from '../../engine/index.ts'
import { holdsScope } from './scopes.ts'
import type { Viewer } from './viewer.ts'

/** Says whose scope is missing: the token's, or that of a call that was narrowed. `act` completes "may not …". */
export function forbidden(
  { token, narrowedTo }: Viewer,
  act: string,
  needed: Scope | undefined,
): GodwitError {
  if (narrowedTo !== null && needed !== undefined && holdsScope(token.scopes, needed)) {
    return new GodwitError(
      'FORBIDDEN',
      `A call that is narrowed to the scope ${narrowedTo} may not ${act}.`,
      {
        remedy: `It needs ${needed}: let somebody ask who may do it.`,
      },
    )
  }
  return new GodwitError('FORBIDDEN', `This token may not ${act}.`, {
    ...(needed !== undefined && { remedy: `Use a token with the scope ${needed}.` }),
  })
}

/** The least scope that would have been enough; undefined when no scope is what was missing. */
export function neededScope(failure: AuthFailure): Scope | undefined {
  if ('failures' in failure) {
    const needed = new Set(failure.failures.map(neededScope))
    return scopes.find((scope) => needed.has(scope))
  }
  return 'scope' in failure ? scopes.find((scope) => scope === failure.scope) : undefined
}
