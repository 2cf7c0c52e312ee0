import { ApiError, graphql, payloadOf } from '../client/index.ts'
import type { OpenView } from '../slack/index.ts'
import type { Turn } from '../turn.ts'
import { refusal, type SlackMessage } from '../views/index.ts'
import { inputIds } from '../views/modals/ids.ts'
import { alarmLimits } from '../views/modals/new-migration.ts'
import { type Refused, textOf } from './entered.ts'

const SetAlarms = graphql(`
  mutation SetAlarms($input: SetAlarmRulesInput!) {
    setAlarmRules(input: $input) {
      __typename
      ... on SetAlarmRulesPayload {
        migration {
          version
        }
      }
      ... on UserError {
        code
        message
        remedy
      }
      ... on ValidationError {
        field
      }
    }
  }
`)

const bytesPerGb = 1_000_000_000

/** Alarms that are not as usual. */
export function readAlarms(view: OpenView): readonly AlarmRule[] | Refused {
  const read = alarmInputs.map((alarm) => ({ ...alarm, text: textOf(view, alarm.id) }))
  const given = read.filter(({ text }) => text !== '')
  const wrong = given.filter(({ text, max }) => !/^\d+$/.test(text) || Number(text) < 1 || Number(text) > max)
  if (wrong.length === 0) return given.map(({ kind, text, unit }) => ({ kind, raise: Number(text) * unit }))
  return {
    errors: Object.fromEntries(wrong.map(({ id, max }) => [id, `Enter a whole number from 1 to ${max}.`])),
  }
}

const alarmInputs = [
  { id: inputIds.lagAlarm, kind: 'LAG_SECONDS', unit: 1, max: alarmLimits.lagSeconds },
  { id: inputIds.walAlarm, kind: 'WAL_RETAINED', unit: bytesPerGb, max: alarmLimits.walGb },
] as const

export interface AlarmRule {
  readonly kind: (typeof alarmInputs)[number]['kind']
  readonly raise: number
}

/** What the person is to be told when the API refuses them; null when it does not. */
export async function setAlarms(
  turn: Turn,
  migration: { readonly shortId: string; readonly name: string },
  rules: readonly AlarmRule[],
): Promise<SlackMessage | null> {
  const { api, deliveryKey } = turn
  if (rules.length === 0) return null
  const input = { id: migration.shortId, rules: [...rules], idempotencyKey: `${deliveryKey}/alarms` }
  try {
    const { setAlarmRules } = await api.execute(SetAlarms, { input })
    payloadOf(setAlarmRules, 'SetAlarmRulesPayload')
    return null
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const message = `${migration.name} was made, but its alarms are as usual: ${error.message}`
    return refusal({ code: error.code, message, remedy: error.remedy })
  }
}
