import type { Actor } from '../ports/index.ts'

/**
 * Whose decision something counts as: the person for whom a token acts, else the token itself. Two tokens of one
 * name are one person, so that a second token does not make a second approver.
 */
export function personOf({ kind, name, onBehalfOf }: Actor): string {
  return onBehalfOf ?? toPerson(`${kind}:${name}`)
}

/** A name as it is compared: however it was typed, one person has one. */
export function toPerson(name: string): string {
  return name.trim().normalize('NFC')
}

/** Whether a name is kept for those who are known by their token, so that nobody can be said to act for them. */
export function isReservedPerson(name: string): boolean {
  return /^(token|worker|system):/i.test(toPerson(name))
}

/**
 * Whether two acts may be those of one person: of the same name, or by the same token, unless it named a person for
 * each. A token that names one only once could else approve what it asked for itself.
 */
export function mayBeSamePerson(one: Actor, other: Actor): boolean {
  if (personOf(one) === personOf(other)) return true
  const sameToken = one.kind === other.kind && one.id === other.id
  return sameToken && (one.onBehalfOf === undefined || other.onBehalfOf === undefined)
}
