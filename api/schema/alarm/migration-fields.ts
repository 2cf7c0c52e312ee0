import { alarmKinds } from '../../../engine/index.ts'
import { builder, readCost } from '../../builder.ts'
import { MigrationRef } from '../migration/ref.ts'
import { readPageRequest, toConnection } from '../paging/index.ts'
import { AlarmStateEnum } from './enums.ts'
import { AlarmMuteRef, AlarmRef, AlarmRuleRef } from './type.ts'

builder.objectFields(MigrationRef, (t) => ({
  alarms: t.connection(
    {
      type: AlarmRef,
      description: 'Newest first.',
      args: { states: t.arg({ type: [AlarmStateEnum], description: 'Absent: all.' }) },
      resolve: async ({ id }, { states, ...paging }, { stores }) =>
        toConnection(
          await stores.alarms.list(
            { migrationId: id, ...(states != null && { states }) },
            readPageRequest(paging),
          ),
        ),
    },
    { name: 'MigrationAlarmConnection' },
    { name: 'MigrationAlarmEdge' },
  ),
  alarmRules: t.field({
    type: [AlarmRuleRef],
    complexity: { field: readCost, multiplier: alarmKinds.length },
    description: 'One of each kind, as they are in effect.',
    resolve: async ({ id }, _args, { stores }) => (await stores.alarms.settings(id)).rules,
  }),
  alarmEscalation: t.field({
    type: 'Duration',
    complexity: readCost,
    description: 'After this an alarm that nobody has acknowledged is announced once more.',
    resolve: async ({ id }, _args, { stores }) => (await stores.alarms.settings(id)).escalateAfterMs,
  }),
  alarmMutes: t.field({
    type: [AlarmMuteRef],
    complexity: { field: readCost, multiplier: 5 },
    description: 'Those that are in effect, newest first.',
    resolve: ({ id }, _args, { stores }) => stores.alarms.mutes(id),
  }),
}))
