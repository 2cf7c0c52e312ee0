import { given, join, type Mention, mention, type Mrkdwn, mrkdwn, none, person, when } from '../mrkdwn.ts'
import type { CutoverPlan, DecidedPlan } from './fragment.ts'

export interface CutoverOptions {
  /** Of those who read it. */
  readonly workspaceId: string
  /**
   * Whom to ask for approval. Slack tells them when the message is posted, not when it is edited. Absent: it is for one
   * person only, and Slack tells nobody.
   */
  readonly approvers?: readonly Mention[]
}

/** Who has decided what, when and why; what was decided without them. */
export function decisionLines(
  { decisions, breakGlass, executedBy, executedAt, status }: DecidedPlan,
  workspaceId: string,
): readonly Mrkdwn[] {
  return [
    ...decisions.map(({ decision, person: who, at, reason }) =>
      withReason(
        mrkdwn`${decision === 'APPROVE' ? '✅ Approved' : '⛔ Rejected'} by ${person(who, workspaceId)}, ${when(at)}`,
        reason,
      ),
    ),
    ...(breakGlass === null
      ? []
      : [
          withReason(
            mrkdwn`🚨 Done without the missing approvals by ${person(breakGlass.person, workspaceId)}, ${when(breakGlass.at)}`,
            breakGlass.reason,
          ),
        ]),
    ...(executedBy === null || status === 'PENDING' || status === 'APPROVED'
      ? []
      : [
          mrkdwn`🟠 Completion asked for by ${person(executedBy, workspaceId)}${executedAt === null ? none : mrkdwn`, ${when(executedAt)}`}`,
        ]),
  ]
}

function withReason(what: Mrkdwn, reason: string | null): Mrkdwn {
  return join([what, reason === null ? none : given(reason, 300)], ': ')
}

/** Rules that are not met yet, and who can still approve. */
export function missingLines({ missingApprovals }: CutoverPlan, options: CutoverOptions): readonly Mrkdwn[] {
  return missingApprovals.map(({ rule, missing, people }) => {
    const some = people.slice(0, shownPeople).map((name) => nameOf(name, options))
    const others = people.length - some.length
    const who = join([...some, ...(others > 0 ? [mrkdwn`${others} more`] : [])], ', ')
    return mrkdwn`*${rule}:* ${missing} more needed${people.length === 0 ? none : mrkdwn` from ${who}`}`
  })
}

const shownPeople = 8

/** Whom Slack would tell only because they are named here is not named. */
function nameOf(name: string, { workspaceId, approvers }: CutoverOptions): Mrkdwn {
  const shown = person(name, workspaceId)
  const isTold = (approvers ?? []).some((each) => mention(each).source === shown.source)
  if (approvers === undefined || isTold || !shown.source.startsWith('<@')) return shown
  return mrkdwn`a member of this workspace`
}
