import type { AlarmFilter } from '../../../engine/index.ts'
import { builder, readCost } from '../../builder.ts'
import { readId, readMigrationId } from '../ids/index.ts'
import { readPageRequest, toConnection } from '../paging/index.ts'
import { AlarmKindEnum, AlarmSeverityEnum, AlarmStateEnum } from './enums.ts'
import { AlarmRef, MutePreviewRef } from './type.ts'

const AlarmFilterInput = builder.inputType('AlarmFilter', {
  fields: (t) => ({
    states: t.field({ type: [AlarmStateEnum], description: 'Absent: all.' }),
    kinds: t.field({ type: [AlarmKindEnum], description: 'Absent: all.' }),
    severities: t.field({ type: [AlarmSeverityEnum], description: 'Absent: all.' }),
    migrationId: t.id({ description: 'Global id, UUID or short id; absent: of all migrations.' }),
  }),
})

function readFilter(given: typeof AlarmFilterInput.$inferInput | null | undefined): AlarmFilter {
  const { states, kinds, severities, migrationId } = given ?? {}
  return {
    ...(states != null && { states }),
    ...(kinds != null && { kinds }),
    ...(severities != null && { severities }),
    ...(migrationId != null && { migrationId: readMigrationId(migrationId, 'filter.migrationId') }),
  }
}

builder.queryFields((t) => ({
  alarm: t.field({
    type: AlarmRef,
    nullable: true,
    authScopes: { read: true },
    complexity: readCost,
    args: { id: t.arg.id({ required: true, description: 'Global id or UUID.' }) },
    resolve: (_root, { id }, { stores }) => stores.alarms.find(readId('Alarm', id, 'id')),
  }),
  alarms: t.connection(
    {
      type: AlarmRef,
      authScopes: { read: true },
      description: 'Newest first.',
      args: { filter: t.arg({ type: AlarmFilterInput }) },
      resolve: async (_root, { filter, ...paging }, { stores }) =>
        toConnection(await stores.alarms.list(readFilter(filter), readPageRequest(paging))),
    },
    { name: 'AlarmConnection' },
    { name: 'AlarmEdge' },
  ),
  mutePreview: t.field({
    type: MutePreviewRef,
    authScopes: { read: true },
    complexity: { field: readCost, multiplier: 20 },
    description: 'What muteAlarms would hide, by the alarms of a past as long as the mute.',
    args: {
      id: t.arg.id({ required: true, description: 'Of a migration: global id, UUID or short id.' }),
      kinds: t.arg({ type: [AlarmKindEnum], description: 'Absent: all that can be muted.' }),
      duration: t.arg({ type: 'Duration', required: true, description: 'From one minute to seven days.' }),
    },
    resolve: (_root, { id, kinds, duration }, { stores }) =>
      stores.alarms.previewMute({
        migrationId: readMigrationId(id),
        kinds: kinds ?? null,
        durationMs: duration,
      }),
  }),
}))
