import { z } from 'zod'
import { describe } from '../../errors.ts'
import { SlackCallError } from '../../slack/index.ts'
import type { Mention } from '../../views/index.ts'
import { judge } from '../failures.ts'
import type { NotifyNeeds } from '../ports.ts'

/** More would be a crowd, and the message too long. */
const most = 10

const userAnswer = z.object({ user: z.object({ id: z.string() }) })
const slackPerson = /^slack:([A-Z0-9]+)\/([A-Z0-9]+)$/

/** Those of the people, as the API names them, whom the workspace knows. @throws SlackCallError when it cannot be told now */
export async function findMentions(
  needs: Pick<NotifyNeeds, 'outgoing' | 'log'>,
  team: string,
  people: readonly string[],
): Promise<Mention[]> {
  const ids = await Promise.all(people.slice(0, most).map((person) => findUserId(needs, team, person)))
  return ids.filter((id) => id !== null).map((id) => ({ kind: 'user', id }))
}

async function findUserId(
  { outgoing, log }: Pick<NotifyNeeds, 'outgoing' | 'log'>,
  team: string,
  person: string,
): Promise<string | null> {
  const [, ofTeam, userId] = slackPerson.exec(person) ?? []
  if (userId !== undefined) return ofTeam === team ? userId : null
  if (!person.includes('@')) return null
  try {
    const answer = await outgoing.call(team, 'first', 'users.lookupByEmail', { email: person })
    return userAnswer.safeParse(answer).data?.user.id ?? null
  } catch (error) {
    // Nobody must wait for the plan because a name cannot be looked up.
    if (!(error instanceof SlackCallError) || judge(error) === 'shut out') throw error
    if (error.code !== 'users_not_found')
      log.warn(
        { why: describe(error) },
        'an approver cannot be named: their e-mail address cannot be looked up',
      )
    return null
  }
}
