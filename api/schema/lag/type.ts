import type { LagSample, WalStatus } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'

const WalStatusEnum = builder.enumType('WalStatus', {
  values: {
    RESERVED: { value: 'reserved', description: 'All of it, within max_wal_size.' },
    EXTENDED: { value: 'extended', description: 'All of it, beyond max_wal_size.' },
    UNRESERVED: {
      value: 'unreserved',
      description: 'Not for long: the next checkpoint may remove some of it.',
    },
    LOST: { value: 'lost', description: 'Not any more: changes are missing.' },
  } as const satisfies Record<string, { value: WalStatus; description: string }>,
})

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
    walStatus: t.expose('walStatus', {
      type: WalStatusEnum,
      nullable: true,
      description:
        'What the source still has of the WAL that the slot needs; null where it does not say (before 13).',
    }),
    safeWalBytes: t.expose('safeWalBytes', {
      type: 'BigInt',
      nullable: true,
      description: 'WAL that can still be written before the slot is at risk; null when nothing limits it.',
    }),
    oldestTransactionSeconds: t.exposeFloat('oldestTransactionSeconds', {
      description: 'Age of the oldest transaction on the source that has written; 0 when there is none.',
    }),
    stalledSeconds: t.exposeFloat('stalledSeconds', {
      description:
        'For how long nothing was applied, not even a part of a transaction, though there was something to apply.',
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
