import {
  alarmCatalog,
  alarmKinds,
  alarmSeverities,
  alarmStates,
  alarmUnits,
  type AlarmKind,
} from '../../../engine/index.ts'
import { builder } from '../../builder.ts'

export const AlarmKindEnum = builder.enumType('AlarmKind', {
  description: 'What an alarm is about. Kinds are added, never renamed.',
  values: Object.fromEntries(alarmKinds.map((kind) => [kind, { value: kind, description: describe(kind) }])),
})

function describe(kind: AlarmKind): string {
  const { description, mutable } = alarmCatalog[kind]
  return mutable ? description : `${description} It can neither be muted nor switched off.`
}

export const AlarmSeverityEnum = builder.enumType('AlarmSeverity', { values: alarmSeverities })

export const AlarmStateEnum = builder.enumType('AlarmState', { values: alarmStates })

export const AlarmUnitEnum = builder.enumType('AlarmUnit', {
  description: 'NONE: of what is so or is not; its value is 1 while it is so.',
  values: alarmUnits,
})
