import { z } from 'zod'
import { describe } from '../../errors.ts'
import { SlackCallError } from '../../slack/index.ts'
import type { CardNote } from '../notes.ts'
import type { NotifyNeeds } from '../ports.ts'

const answer = z.object({ permalink: z.url({ protocol: /^https?$/ }) })

/** The link to the card; undefined while there is none, or Slack does not tell it: what is to be said does not wait for it. */
export async function findPermalink(
  { outgoing, log }: Pick<NotifyNeeds, 'outgoing' | 'log'>,
  { team, channel, ts }: CardNote,
): Promise<string | undefined> {
  if (ts === null) return undefined
  try {
    const found = await outgoing.call(team, 'first', 'chat.getPermalink', { channel, message_ts: ts })
    return answer.safeParse(found).data?.permalink
  } catch (error) {
    if (!(error instanceof SlackCallError)) throw error
    log.debug({ why: describe(error) }, 'the link to a card is not known')
    return undefined
  }
}
