import { GodwitError, type Scope, scopes } from '../../engine/index.ts'

/** Each scope includes those before it. */
const ranks: Record<Scope, number> = { read: 0, operate: 1, approve: 2, admin: 3 }

/**
 * Whether the scopes of a token allow what needs `needed`. `read` sees, `operate` also changes migrations and
 * endpoints, `approve` also decides and acts for people, `admin` also manages tokens and reads the audit log.
 */
export function holdsScope(held: readonly Scope[], needed: Scope): boolean {
  return held.some((scope) => ranks[scope] >= ranks[needed])
}

/** What may be done with the scopes of a token in a call that asks for no more than `limit`. It never adds any. */
export function scopesInEffect(held: readonly Scope[], limit: Scope | null): readonly Scope[] {
  return scopes.filter((scope) => holdsScope(held, scope) && (limit === null || holdsScope([limit], scope)))
}

/** @throws GodwitError BAD_INPUT, also for what is empty: the caller wanted less than everything */
export function readScope(text: string): Scope {
  const scope = scopes.find((known) => known === text)
  if (scope !== undefined) return scope
  throw new GodwitError('BAD_INPUT', 'The scope to which the call is to be narrowed is not known.', {
    remedy: `Send one of these in X-Godwit-Scope: ${scopes.join(', ')}; or leave it out.`,
    field: 'scope',
  })
}
