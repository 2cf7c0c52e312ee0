import type { LagSample } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'

export const LagSampleRef = builder.objectRef<LagSample>('LagSample').implement({
  description: 'How far the target was behind the source at one moment.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime' }),
    bytes: t.expose('bytes', {
      type: 'BigInt',
      description: 'WAL written but not applied; 0 when caught up.',
    }),
    seconds: t.exposeFloat('seconds', {
      description: 'Age of the oldest transaction that is not applied; 0 when caught up.',
    }),
    retainedBytes: t.expose('retainedBytes', {
      type: 'BigInt',
      description: 'WAL that the replication slot holds back on the source.',
    }),
    sourceLsn: t.expose('sourceLsn', { type: 'LSN' }),
    appliedLsn: t.expose('appliedLsn', { type: 'LSN' }),
    appliedTransactions: t.expose('appliedTransactions', {
      type: 'BigInt',
      description: 'Source transactions applied since incremental sync began.',
    }),
    appliedChanges: t.expose('appliedChanges', { type: 'BigInt', description: 'Row changes, likewise.' }),
  }),
})
