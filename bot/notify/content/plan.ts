import { z } from 'zod'
import { graphql } from '../../client/index.ts'
import type { OutgoingMessage } from '../../slack/index.ts'
import { type Cutover, cutoverFragment, cutoverMessage } from '../../views/index.ts'
import { payloadText, type ToldEvent } from '../events.ts'
import { messageNote } from '../notes.ts'
import type { NotifyNeeds } from '../ports.ts'
import { findMentions } from './mentions.ts'

const PlanQuery = graphql(
  `
    query Plan($id: ID!) {
      migration(id: $id) {
        ...CutoverMessage
      }
    }
  `,
  [cutoverFragment],
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

type Plan = NonNullable<Cutover['cutoverPlan']>

/** As this bot has noted it. */
const notedCutover = z.custom<Cutover>((value) => typeof value === 'object' && value !== null)

/** The note of the message of a plan keeps what it says, for when the migration has another plan. */
export const planNote = messageNote.extend({
  cutover: notedCutover,
  /** The approvers that it names. */
  mentions: z.array(z.object({ kind: z.enum(['user', 'group']), id: z.string() })),
})

type PlanNote = z.infer<typeof planNote>

export interface PlanRequest {
  readonly shortId: string
  readonly digest: string
  readonly team: string
  readonly known: Pick<PlanNote, 'cutover' | 'mentions'> | null
  readonly event: ToldEvent | undefined
}

export interface PlanContent {
  readonly message: OutgoingMessage
  /** What the note is to keep. */
  readonly kept: Pick<PlanNote, 'cutover' | 'mentions'>
}

type PlanNeeds = Pick<NotifyNeeds, 'api' | 'outgoing' | 'log'>

/** Null when there is nothing to say: it was over before anybody saw it, or another one is in its place. */
export async function readPlan(needs: PlanNeeds, request: PlanRequest): Promise<PlanContent | null> {
  const { shortId, digest, known, event } = request
  const { migration } = await needs.api.execute(PlanQuery, { id: shortId })
  if (migration === null) return null
  const isCurrent = migration.cutoverPlan?.digest === digest
  const cutover = isCurrent ? migration : formerPlan(known, event)
  const plan = cutover?.cutoverPlan ?? null
  if (cutover === null || plan === null || (known === null && !open.has(plan.status))) return null
  const mentions = known?.mentions ?? (await findMentions(needs, request.team, peopleOf(plan)))
  return {
    message: cutoverMessage(cutover, { approvers: mentions, workspaceId: request.team }),
    kept: { cutover, mentions },
  }
}

const open: ReadonlySet<Plan['status']> = new Set(['PENDING', 'APPROVED', 'EXECUTING'])

/** A plan in whose place is another one: as it was, and how it has ended. Nothing can be done with it. */
function formerPlan(known: PlanRequest['known'], event: ToldEvent | undefined): Cutover | null {
  const plan = known?.cutover.cutoverPlan
  if (known === null || plan == null) return null
  const ended = open.has(plan.status) ? { ...plan, ...endOf(event) } : plan
  return { ...known.cutover, availableActions: [], cutoverPlan: ended }
}

function endOf(event: ToldEvent | undefined): Pick<Plan, 'status' | 'voidReason'> {
  if (event?.type === 'CUTOVER_EXPIRED') return { status: 'EXPIRED', voidReason: null }
  const reason = event === undefined ? undefined : payloadText(event, 'reason')
  return { status: 'VOID', voidReason: reason ?? 'Another plan has taken its place.' }
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
