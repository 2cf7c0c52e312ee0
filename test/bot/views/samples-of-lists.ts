import type { EndpointLine, MigrationLine, WaitingMigration } from '../../../bot/views/index.ts'
import { ahead, cards, migration } from './samples.ts'

const waitingPlan = {
  status: 'PENDING',
  mayApprove: true,
  predictedPause: 'PT2.1S',
  expiresAt: ahead(1500),
} as const
const { shortId, name, version } = migration
const waiting: WaitingMigration = {
  shortId,
  name,
  version,
  status: 'RUNNING',
  availableActions: ['PAUSE', 'COMPLETE', 'CANCEL'],
  problem: null,
  cutoverWindow: null,
  cutoverPlan: waitingPlan,
}

/** For a decision, for its completion, and for somebody who mends it. */
export const waitings: readonly WaitingMigration[] = [
  waiting,
  {
    ...waiting,
    shortId: 'm-2c8d',
    name: 'Billing to 18',
    cutoverPlan: { ...waitingPlan, status: 'APPROVED' },
  },
  {
    ...waiting,
    shortId: 'm-9x4p',
    name: 'Reports to the small cluster',
    status: 'FAILED',
    availableActions: ['RETRY', 'CANCEL'],
    problem: { message: 'public.order_items: an UPDATE found no row with id = 4711 on the target.' },
    cutoverPlan: null,
  },
]

export const migrationLines: readonly MigrationLine[] = [
  cards.copying,
  cards.following,
  cards.failed,
  cards.draft,
].map((card, index): MigrationLine => ({
  ...card!,
  shortId: `m-7f3${index}`,
  openAlarmLine: { nodes: index === 1 ? [{ severity: 'WARNING' }] : [] },
}))

export const endpointLines: readonly EndpointLine[] = [
  {
    id: 'RW5kcG9pbnQ6MQ==',
    name: 'shop-old',
    host: 'db1.example.com',
    port: 5432,
    database: 'shop',
    user: 'godwit',
    tlsMode: 'VERIFY_FULL',
    hasPassword: true,
  },
  {
    id: 'RW5kcG9pbnQ6Mg==',
    name: 'shop-new',
    host: 'db2.example.com',
    port: 5433,
    database: 'shop',
    user: 'godwit',
    tlsMode: 'PREFER',
    hasPassword: false,
  },
]
