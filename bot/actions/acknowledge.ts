import { graphql, payloadOf } from '../client/index.ts'
import { withinReach } from '../migrations/index.ts'
import type { ActionHandler } from '../registry.ts'
import { isSeenByAll } from './act.ts'
import { notice, readButtonValue, unreadable } from '../views/index.ts'

const Acknowledge = graphql(`
  mutation Acknowledge($input: AcknowledgeAlarmInput!) {
    acknowledgeAlarm(input: $input) {
      __typename
      ... on AcknowledgeAlarmPayload {
        alarm {
          message
        }
      }
      ... on UserError {
        code
        message
        remedy
      }
    }
  }
`)

const MigrationQuery = graphql(`
  query MigrationOfAlarm($id: ID!) {
    alarm(id: $id) {
      migration {
        shortId
      }
    }
  }
`)

/** Says that somebody looks after an alarm; its message then shows who. */
export const acknowledge: ActionHandler = {
  async run(turn, action) {
    const id = readButtonValue(action.value)?.i
    if (id === undefined) return turn.tell(unreadable)
    const { alarm: asked } = await turn.api.execute(MigrationQuery, { id })
    if ((await withinReach(turn.reach, asked?.migration ?? null)) === null) return turn.tell(gone)
    const input = { id, idempotencyKey: turn.deliveryKey }
    const { acknowledgeAlarm } = await turn.api.execute(Acknowledge, { input })
    const { alarm } = payloadOf(acknowledgeAlarm, 'AcknowledgeAlarmPayload')
    if (!isSeenByAll(turn, action)) await turn.tell(notice(`You look after it: ${alarm.message}`))
  },
}

const gone = notice('There is no such alarm any more. Nothing was done.')
