import type { Directory, Profile } from './directory.ts'
import type { Person, Stranger } from './person.ts'
import { type Grant, type Grantee, roles } from './roles.ts'

export interface PeopleNeeds {
  readonly directory: Directory
  readonly grants: readonly Grant[]
  /** Whether guests, and people of other workspaces, count as anybody else. */
  readonly allowExternal: boolean
}

/** Who may do what, by what Slack says of them and by the setting of roles. */
export class People {
  readonly #needs: PeopleNeeds

  constructor(needs: PeopleNeeds) {
    this.#needs = needs
  }

  /** @throws SlackCallError */
  async find(workspaceId: string, userId: string): Promise<Person | Stranger> {
    const { directory, allowExternal } = this.#needs
    const profile = await directory.findUser(workspaceId, userId)
    if (profile === null) return { refusal: 'external' }
    const refusal = refusalOf(profile, workspaceId, allowExternal)
    if (refusal !== null) return { refusal }
    const granted = await this.#highestOf(profile, workspaceId)
    if (granted === null) return { refusal: 'no role' }
    const { name, timeZone } = profile
    // What another workspace has confirmed would make them whomever they like, to rules of approval and to the audit.
    const email = isOf(profile, workspaceId) ? profile.email : null
    return { workspaceId, userId, name, email, timeZone, ...granted }
  }

  async #highestOf(profile: Profile, workspaceId: string): Promise<Pick<Person, 'role' | 'grantee'> | null> {
    const isMember = isOf(profile, workspaceId) && !profile.isGuest
    for (const role of roles.toReversed()) {
      for (const { to } of this.#needs.grants.filter((grant) => grant.role === role)) {
        if (await this.#means(to, profile, workspaceId, isMember)) return { role, grantee: to }
      }
    }
    return null
  }

  /**
   * Guests and people of other workspaces are meant by their user id only: a group may have them in it without a
   * thought of Godwit, and an e-mail address counts only with whom the workspace itself has confirmed it.
   */
  async #means(to: Grantee, profile: Profile, workspaceId: string, isMember: boolean): Promise<boolean> {
    switch (to.kind) {
      case 'everyone':
        return isMember
      case 'user':
        return to.id === profile.userId
      case 'email':
        return isMember && to.address === profile.email
      case 'group':
        return (
          isMember && (await this.#needs.directory.membersOf(workspaceId, to.id)).includes(profile.userId)
        )
      default:
        return to satisfies never
    }
  }
}

function refusalOf(
  profile: Profile,
  workspaceId: string,
  allowExternal: boolean,
): Stranger['refusal'] | null {
  if (profile.isDeactivated) return 'deactivated'
  if (profile.isBot) return 'bot'
  if (allowExternal) return null
  if (profile.isStranger || !isOf(profile, workspaceId)) return 'external'
  return profile.isGuest ? 'guest' : null
}

function isOf({ homeId, alsoOf }: Profile, workspaceId: string): boolean {
  return homeId === workspaceId || alsoOf.includes(workspaceId)
}
