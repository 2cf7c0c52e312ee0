import type { Scope } from '../client/index.ts'

/** Each includes those before it. */
export const roles = ['read', 'operate', 'approve', 'admin'] as const satisfies readonly Scope[]

export type Role = (typeof roles)[number]

export function holdsRole(held: Role, needed: Role): boolean {
  return roles.indexOf(held) >= roles.indexOf(needed)
}

/** Whom a setting means. */
export type Grantee =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'user'; readonly id: string }
  | { readonly kind: 'group'; readonly id: string }
  | { readonly kind: 'email'; readonly address: string }

export interface Grant {
  readonly role: Role
  readonly to: Grantee
}

export const defaultRoles = 'read=*'

/**
 * Reads the setting, such as `read=*; operate=S0PLATFORM,dba@example.com; approve=U012,U034; admin=U012`.
 * @throws TypeError that says which part is wrong, and what is possible there
 */
export function parseRoles(text: string): readonly Grant[] {
  const parts = text.split(';').map((part) => part.trim())
  return parts.filter((part) => part !== '').flatMap(parsePart)
}

function parsePart(part: string): Grant[] {
  const [name = '', list, ...rest] = part.split('=')
  if (list === undefined || rest.length > 0)
    throw new TypeError(`“${part}” must be a role, =, and a list, such as operate=U012AB3CD`)
  const role = roles.find((each) => each === name.trim())
  if (role === undefined) throw new TypeError(`“${name.trim()}” is no role: there are ${roles.join(', ')}`)
  const names = list.split(',').map((each) => each.trim())
  return names.map((each) => ({ role, to: parseGrantee(each, role) }))
}

function parseGrantee(text: string, role: Role): Grantee {
  if (text === '*') return { kind: 'everyone' }
  if (/^[UW][A-Z0-9]+$/.test(text)) return { kind: 'user', id: text }
  if (/^S[A-Z0-9]+$/.test(text)) return { kind: 'group', id: text }
  if (/^[^\s@]+@[^\s@]+$/.test(text)) return { kind: 'email', address: text.toLowerCase() }
  throw new TypeError(
    `“${text}” for ${role} must be * for everyone, the id of a user (U…) or of a user group (S…), or an e-mail address`,
  )
}

/** As it stands in the setting, such as `operate=S0PLATFORM`. */
export function writeGrant({ role, to }: Grant): string {
  return `${role}=${writeGrantee(to)}`
}

function writeGrantee(to: Grantee): string {
  if (to.kind === 'everyone') return '*'
  return to.kind === 'email' ? to.address : to.id
}
