import { type ApiClient, graphql } from '../client/index.ts'
import type { NotifyNeeds } from './ports.ts'

const MadeBy = graphql(`
  query MadeBy($id: ID!) {
    me {
      token {
        name
      }
    }
    migration(id: $id) {
      events(first: 1) {
        nodes {
          type
          actor {
            name
            onBehalfOf
          }
        }
      }
    }
  }
`)

/**
 * Which migrations a workspace has to do with: to its people there are no others.
 * @throws ApiError, ApiUnreachableError, SlackCallError, from every method
 */
export interface Reach {
  has(shortId: string): Promise<boolean>
  /** The same of many, as it is now. */
  read(): Promise<(shortId: string) => Promise<boolean>>
  /** It belongs to the workspace from now on, if to no other. Resolves with whether it does. */
  claim(shortId: string): Promise<boolean>
}

export interface ReachNeeds extends Pick<NotifyNeeds, 'homes' | 'findDefaultChannel'> {
  readonly api: Pick<ApiClient, 'execute'>
  /** Whether there can be more than one workspace: then each has migrations of its own. */
  readonly areMany: boolean
}

/**
 * A migration belongs to the workspace that has made it or brought it to a channel first, also when that channel is
 * gone and when it has ended. One that none has belongs to the workspace of the default channel; without such a channel
 * whoever brings it to theirs has it. One that is just being made in Slack belongs to nobody yet.
 */
export class Reaches {
  readonly #needs: ReachNeeds
  /** Of which it is known that they were not made in Slack, which does not change. */
  readonly #madeElsewhere = new Set<string>()

  constructor(needs: ReachNeeds) {
    this.#needs = needs
  }

  of(team: string): Reach {
    const { homes, areMany } = this.#needs
    if (!areMany) return { ...everything, claim: (shortId) => this.#claim(shortId, team) }
    return {
      has: async (shortId) => this.#isOf(team, shortId, await homes.teamOf(shortId)),
      read: async () => {
        const teams = await homes.teams()
        return (shortId) => this.#isOf(team, shortId, teams.get(shortId) ?? null)
      },
      claim: (shortId) => this.#claim(shortId, team),
    }
  }

  async #isOf(team: string, shortId: string, owner: string | null): Promise<boolean> {
    if (owner !== null) return owner === team
    const byDefault = await this.#needs.findDefaultChannel(null)
    if (byDefault !== null && byDefault.team !== team) return false
    return !(await this.#isBeingMade(shortId))
  }

  async #claim(shortId: string, team: string): Promise<boolean> {
    const { homes, areMany } = this.#needs
    const isFirst = await homes.claim(shortId, team)
    return isFirst || !areMany || (await homes.teamOf(shortId)) === team
  }

  /** Who makes a migration in Slack claims it right afterwards. */
  async #isBeingMade(shortId: string): Promise<boolean> {
    if (this.#madeElsewhere.has(shortId)) return false
    const { me, migration } = await this.#needs.api.execute(MadeBy, { id: shortId })
    const [first] = migration?.events.nodes ?? []
    const { name, onBehalfOf } = first?.actor ?? {}
    if (first?.type === 'MIGRATION_CREATED' && name === me.token.name && onBehalfOf !== null) return true
    this.#madeElsewhere.add(shortId)
    return false
  }
}

const everything = {
  has: () => Promise.resolve(true),
  read: () => Promise.resolve(() => Promise.resolve(true)),
}
