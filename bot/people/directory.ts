import type { Logger } from 'pino'
import { z } from 'zod'
import { SlackCallError } from '../slack/errors.ts'
import type { Outgoing } from '../slack/outgoing.ts'

/** What Slack says of somebody. */
export interface Profile {
  readonly userId: string
  /** The workspace that they come from. */
  readonly homeId: string
  /** Those of the same organisation that they also belong to. */
  readonly alsoOf: readonly string[]
  readonly name: string
  readonly email: string | null
  readonly timeZone: string
  readonly isBot: boolean
  readonly isGuest: boolean
  readonly isStranger: boolean
  readonly isDeactivated: boolean
}

/** Long enough for a burst of clicks, short enough that who leaves is out at once. */
const rememberForMs = 60_000

const userAnswer = z.object({
  user: z.object({
    id: z.string(),
    team_id: z.string(),
    name: z.string().default(''),
    tz: z.string().nullish(),
    deleted: z.boolean().default(false),
    is_bot: z.boolean().default(false),
    is_stranger: z.boolean().default(false),
    is_restricted: z.boolean().default(false),
    is_ultra_restricted: z.boolean().default(false),
    is_email_confirmed: z.boolean().default(false),
    enterprise_user: z.object({ teams: z.array(z.string()).default([]) }).nullish(),
    profile: z
      .object({
        email: z.string().nullish(),
        display_name: z.string().nullish(),
        real_name: z.string().nullish(),
      })
      .default({}),
  }),
})

const membersAnswer = z.object({ users: z.array(z.string()) })

/** What only says that there are no such groups here; user ids go on to work. */
const withoutGroups = new Set([
  'paid_teams_only',
  'missing_scope',
  'no_such_subteam',
  'subteam_not_found',
  'not_allowed_token_type',
  'permission_denied',
])

/** Who people are and which groups they are in, as Slack says within the last minute. */
export class Directory {
  readonly #outgoing: Outgoing
  readonly #log: Logger
  readonly #remembered = new Map<string, { readonly until: number; readonly found: Promise<unknown> }>()

  constructor(outgoing: Outgoing, log: Logger) {
    this.#outgoing = outgoing
    this.#log = log
  }

  /** Null when Slack does not know them. @throws SlackCallError */
  findUser(workspaceId: string, userId: string): Promise<Profile | null> {
    return this.#remember(`user ${workspaceId} ${userId}`, () => this.#askUser(workspaceId, userId))
  }

  /** The ids of the members of a user group. None where there are no groups. @throws SlackCallError */
  membersOf(workspaceId: string, groupId: string): Promise<readonly string[]> {
    return this.#remember(`group ${workspaceId} ${groupId}`, () => this.#askGroup(workspaceId, groupId))
  }

  async #askUser(workspaceId: string, userId: string): Promise<Profile | null> {
    try {
      const answer = await this.#outgoing.call(workspaceId, 'first', 'users.info', { user: userId })
      return toProfile(userAnswer.parse(answer).user)
    } catch (error) {
      if (error instanceof SlackCallError && error.failure === 'gone') return null
      throw error
    }
  }

  async #askGroup(workspaceId: string, groupId: string): Promise<readonly string[]> {
    try {
      const args = { usergroup: groupId }
      const answer = await this.#outgoing.call(workspaceId, 'first', 'usergroups.users.list', args)
      return membersAnswer.parse(answer).users
    } catch (error) {
      if (!(error instanceof SlackCallError) || !withoutGroups.has(error.code)) throw error
      this.#log.warn({ groupId, code: error.code }, 'a user group of GODWIT_SLACK_ROLES cannot be read')
      return []
    }
  }

  #remember<T>(key: string, ask: () => Promise<T>): Promise<T>
  #remember(key: string, ask: () => Promise<unknown>): Promise<unknown> {
    const now = Date.now()
    const known = this.#remembered.get(key)
    if (known !== undefined && known.until > now) return known.found
    for (const [each, { until }] of this.#remembered) if (until <= now) this.#remembered.delete(each)
    const found = ask()
    this.#remembered.set(key, { until: now + rememberForMs, found })
    found.catch(() => this.#remembered.delete(key))
    return found
  }
}

function toProfile(user: z.infer<typeof userAnswer>['user']): Profile {
  const { profile } = user
  return {
    userId: user.id,
    homeId: user.team_id,
    alsoOf: user.enterprise_user?.teams ?? [],
    name: profile.display_name || profile.real_name || user.name,
    email: user.is_email_confirmed ? (profile.email?.toLowerCase() ?? null) : null,
    timeZone: user.tz ?? 'Etc/UTC',
    isBot: user.is_bot,
    isGuest: user.is_restricted || user.is_ultra_restricted,
    isStranger: user.is_stranger,
    isDeactivated: user.deleted,
  }
}
