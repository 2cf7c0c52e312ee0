import { z } from 'zod'
import { graphql } from '../../client/index.ts'
import type { OutgoingMessage } from '../../slack/index.ts'
import { payloadText, type ToldEvent } from '../events.ts'
import { messageNote } from '../notes.ts'
import type { NotifyNeeds } from '../ports.ts'
import { type Plan, planFragment } from './fragments.ts'
import { findMentions } from './mentions.ts'
import { plainPlan } from './notices.ts'

const PlanQuery = graphql(
  `
    query Plan($id: ID!) {
      migration(id: $id) {
        shortId
        name
        cutoverPlan {
          ...PlainPlan
        }
      }
    }
  `,
  [planFragment],
)

const PlanDigest = graphql(`
  query PlanDigest($id: ID!) {
    migration(id: $id) {
      cutoverPlan {
        digest
      }
    }
  }
`)

/** As this bot has noted it. */
const notedPlan = z.custom<Plan>((value) => typeof value === 'object' && value !== null)

/** The note of the message of a plan keeps what it says, for when the migration has another plan. */
export const planNote = messageNote.extend({
  plan: notedPlan,
  /** The approvers that it names. */
  mentions: z.array(z.object({ kind: z.enum(['user', 'group']), id: z.string() })),
})

export type PlanNote = z.infer<typeof planNote>

export interface PlanRequest {
  readonly shortId: string
  readonly digest: string
  readonly team: string
  readonly known: Pick<PlanNote, 'plan' | 'mentions'> | null
  readonly event: ToldEvent | undefined
}

export interface PlanContent {
  readonly message: OutgoingMessage
  /** What the note is to keep. */
  readonly kept: Pick<PlanNote, 'plan' | 'mentions'>
}

type PlanNeeds = Pick<NotifyNeeds, 'api' | 'clock' | 'outgoing' | 'log'>

/** Null when there is nothing to say: it was over before anybody saw it, or another one is in its place. */
export async function readPlan(needs: PlanNeeds, request: PlanRequest): Promise<PlanContent | null> {
  const { shortId, digest, known, event } = request
  const { migration } = await needs.api.execute(PlanQuery, { id: shortId })
  if (migration === null) return null
  const { cutoverPlan: current } = migration
  const plan = current?.digest === digest ? current : formerPlan(known, event)
  if (plan === null || (known === null && !open.has(plan.status))) return null
  const mentions = known?.mentions ?? (await findMentions(needs, request.team, peopleOf(plan)))
  const message = plainPlan({ migration, plan, mentions, now: new Date(needs.clock.nowMs()) })
  return { message, kept: { plan, mentions } }
}

const open: ReadonlySet<Plan['status']> = new Set(['PENDING', 'APPROVED', 'EXECUTING'])

/** A plan that has ended, and another one has taken its place: as it was, and how it has ended. */
function formerPlan(known: PlanRequest['known'], event: ToldEvent | undefined): Plan | null {
  if (known === null) return null
  const { plan } = known
  if (!open.has(plan.status)) return plan
  if (event?.type === 'CUTOVER_EXPIRED') return { ...plan, status: 'EXPIRED' }
  const reason = event === undefined ? undefined : payloadText(event, 'reason')
  return { ...plan, status: 'VOID', voidReason: reason ?? 'Another plan has taken its place.' }
}

function peopleOf({ missingApprovals }: Plan): readonly string[] {
  return [...new Set(missingApprovals.flatMap(({ people }) => people))]
}

export async function readPlanDigest(
  { api }: Pick<NotifyNeeds, 'api'>,
  shortId: string,
): Promise<string | null> {
  const { migration } = await api.execute(PlanDigest, { id: shortId })
  return migration?.cutoverPlan?.digest ?? null
}
