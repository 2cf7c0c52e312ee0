import { graphql } from '../../client/index.ts'
import type { OutgoingMessage } from '../../slack/index.ts'
import { alarmFragment, alarmMessage } from '../../views/index.ts'
import type { NotifyNeeds } from '../ports.ts'
import { escalationMessage } from './notices.ts'

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

export async function readEscalation(
  { api }: Pick<NotifyNeeds, 'api'>,
  id: string,
): Promise<Pick<AlarmContent, 'id' | 'message'> | null> {
  const { alarm } = await api.execute(AlarmQuery, { id })
  if (alarm?.state !== 'FIRING' || alarm.isMuted) return null
  return { id: alarm.id, message: escalationMessage(alarm) }
}
