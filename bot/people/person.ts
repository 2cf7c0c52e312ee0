import type { Caller } from '../client/index.ts'
import type { Grantee, Role } from './roles.ts'

/** Somebody of a workspace who may do something. */
export interface Person {
  readonly workspaceId: string
  readonly userId: string
  /** As the workspace shows it. Given by people: never to be interpreted. */
  readonly name: string
  /** Lower case; null where Slack tells none that is confirmed. */
  readonly email: string | null
  /** Such as `Europe/Berlin`. */
  readonly timeZone: string
  readonly role: Role
  /** Whom the setting means that gives them the role. */
  readonly grantee: Grantee
}

/** How the API knows somebody: by e-mail, as its groups of approvers do, else by their ids. */
export function callerOf({ email, workspaceId, userId, role }: Person): Caller {
  return { person: email ?? `slack:${workspaceId}/${userId}`, scope: role }
}

/** Why somebody may do nothing. */
export interface Stranger {
  readonly refusal: 'external' | 'guest' | 'bot' | 'deactivated' | 'no role'
}

export function isStranger(found: Person | Stranger): found is Stranger {
  return 'refusal' in found
}
