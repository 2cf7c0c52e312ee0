import { graphql } from '../../client/index.ts'
import type { OutgoingMessage } from '../../slack/index.ts'
import { alarmFragment, alarmMessage, escalationMessage, type Mention } from '../../views/index.ts'
import type { CardNote } from '../notes.ts'
import type { NotifyNeeds } from '../ports.ts'
import { findMentions } from './mentions.ts'
import { findPermalink } from './permalink.ts'

const AlarmQuery = graphql(
  `
    query Alarm($id: ID!) {
      alarm(id: $id) {
        ...AlarmMessage
        isMuted
      }
    }
  `,
  [alarmFragment],
)

const EscalationQuery = graphql(
  `
    query Escalation($id: ID!) {
      alarm(id: $id) {
        ...AlarmMessage
        isMuted
        migration {
          cutoverPlan {
            missingApprovals {
              people
            }
          }
        }
      }
    }
  `,
  [alarmFragment],
)

export interface AlarmContent {
  /** The same however it was asked for: events and queries name an alarm by different ids. */
  readonly id: string
  readonly message: OutgoingMessage
  readonly isMuted: boolean
  readonly isOpen: boolean
}

export async function readAlarm({ api }: Pick<NotifyNeeds, 'api'>, id: string): Promise<AlarmContent | null> {
  const { alarm } = await api.execute(AlarmQuery, { id })
  if (alarm === null) return null
  const { isMuted, state } = alarm
  return { id: alarm.id, message: alarmMessage(alarm), isMuted, isOpen: state !== 'RESOLVED' }
}

type EscalationNeeds = Pick<NotifyNeeds, 'api' | 'outgoing' | 'log'>

/** It names who has asked for the migration; where that is not known, whoever is waited for to approve its cutover. */
export async function readEscalation(
  needs: EscalationNeeds,
  id: string,
  card: CardNote,
): Promise<Pick<AlarmContent, 'id' | 'message'> | null> {
  const { alarm } = await needs.api.execute(EscalationQuery, { id })
  if (alarm?.state !== 'FIRING' || alarm.isMuted) return null
  const approvers = alarm.migration?.cutoverPlan?.missingApprovals.flatMap(({ people }) => people) ?? []
  const mentions: readonly Mention[] =
    card.requester === null
      ? await findMentions(needs, card.team, [...new Set(approvers)])
      : [{ kind: 'user', id: card.requester }]
  const cardUrl = await findPermalink(needs, card)
  return { id: alarm.id, message: escalationMessage(alarm, { mentions, cardUrl }) }
}
