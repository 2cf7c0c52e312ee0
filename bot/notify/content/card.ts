import { graphql } from '../../client/index.ts'
import type { OutgoingMessage } from '../../slack/index.ts'
import { type MigrationCard, migrationCard, migrationCardFragment } from '../../views/index.ts'
import type { Pace } from '../cadence.ts'
import type { NotifyNeeds } from '../ports.ts'

const Card = graphql(
  `
    query Card($id: ID!) {
      migration(id: $id) {
        ...MigrationCard
      }
    }
  `,
  [migrationCardFragment],
)

export interface CardContent extends Pace {
  readonly message: OutgoingMessage
  /** Another one when the migration is at something else. */
  readonly key: string
  /** Nothing more happens to the migration. */
  readonly isEnded: boolean
}

export async function readCard(
  { api, clock }: Pick<NotifyNeeds, 'api' | 'clock'>,
  shortId: string,
): Promise<CardContent | null> {
  const { migration } = await api.execute(Card, { id: shortId })
  if (migration === null) return null
  const { status, steps } = migration
  return {
    message: migrationCard(migration, new Date(clock.nowMs())),
    key: [status, ...steps.map((step) => step.status)].join(' '),
    isEnded: ended.has(status) && migration.openAlarms.nodes.length === 0,
    isLive: live.has(status),
    isSlow: slow.has(status),
  }
}

type Status = MigrationCard['status']

const ended: ReadonlySet<Status> = new Set(['COMPLETED', 'CANCELLED'])
const live: ReadonlySet<Status> = new Set(['VERIFYING', 'QUEUED', 'RUNNING', 'COMPLETING', 'CANCELLING'])
/** Godwit does nothing, but the source goes on. */
const slow: ReadonlySet<Status> = new Set(['PAUSED', 'FAILED', 'SCHEDULED'])
