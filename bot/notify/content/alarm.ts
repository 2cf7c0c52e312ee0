import { graphql } from '../../client/index.ts'
import type { OutgoingMessage } from '../../slack/index.ts'
import type { NotifyNeeds } from '../ports.ts'
import { alarmFragment } from './fragments.ts'
import { plainAlarm, plainEscalation } from './notices.ts'

const AlarmQuery = graphql(
  `
    query Alarm($id: ID!) {
      alarm(id: $id) {
        ...PlainAlarm
      }
    }
  `,
  [alarmFragment],
)

export interface AlarmContent {
  readonly message: OutgoingMessage
  readonly isMuted: boolean
}

export async function readAlarm(
  { api, clock }: Pick<NotifyNeeds, 'api' | 'clock'>,
  id: string,
): Promise<AlarmContent | null> {
  const { alarm } = await api.execute(AlarmQuery, { id })
  if (alarm === null) return null
  return { message: plainAlarm(alarm, new Date(clock.nowMs())), isMuted: alarm.isMuted }
}

export async function readEscalation(
  { api }: Pick<NotifyNeeds, 'api'>,
  id: string,
): Promise<OutgoingMessage | null> {
  const { alarm } = await api.execute(AlarmQuery, { id })
  return alarm?.state === 'FIRING' && !alarm.isMuted ? plainEscalation(alarm) : null
}
