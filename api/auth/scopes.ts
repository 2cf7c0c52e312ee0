import type { Scope } from '../../engine/index.ts'

/** Each scope includes those before it. */
const ranks: Record<Scope, number> = { read: 0, operate: 1, approve: 2, admin: 3 }

/**
 * Whether the scopes of a token allow what needs `needed`. `read` sees, `operate` also changes migrations and
 * endpoints, `approve` also decides and acts for people, `admin` also manages tokens and reads the audit log.
 */
export function holdsScope(held: readonly Scope[], needed: Scope): boolean {
  return held.some((scope) => ranks[scope] >= ranks[needed])
}
