import type { Actor } from '../ports/index.ts'

/**
 * Whose decision something counts as: the person for whom a token acts, else the token itself. Two tokens of one
 * name are one person, so that a second token does not make a second approver.
 */
export function personOf({ kind, name, onBehalfOf }: Actor): string {
  return onBehalfOf ?? `${kind}:${name}`
}
