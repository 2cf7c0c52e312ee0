import { given, join, type Mrkdwn, mrkdwn, none, person, when } from '../mrkdwn.ts'
import type { CutoverPlan } from './fragment.ts'

/** Who has decided what, when and why; what was decided without them. */
export function decisionLines({ decisions, breakGlass, executedBy, status }: CutoverPlan): readonly Mrkdwn[] {
  return [
    ...decisions.map(({ decision, person: who, at, reason }) =>
      withReason(
        mrkdwn`${decision === 'APPROVE' ? '✅ Approved' : '⛔ Rejected'} by ${person(who)}, ${when(at)}`,
        reason,
      ),
    ),
    ...(breakGlass === null
      ? []
      : [
          withReason(
            mrkdwn`🚨 Done without the missing approvals by ${person(breakGlass.person)}, ${when(breakGlass.at)}`,
            breakGlass.reason,
          ),
        ]),
    ...(executedBy === null || status === 'PENDING' || status === 'APPROVED'
      ? []
      : [mrkdwn`🟠 Completion asked for by ${person(executedBy)}`]),
  ]
}

function withReason(what: Mrkdwn, reason: string | null): Mrkdwn {
  return join([what, reason === null ? none : given(reason, 300)], ': ')
}

/** Rules that are not met yet, and who can still approve. */
export function missingLines({ missingApprovals }: CutoverPlan): readonly Mrkdwn[] {
  return missingApprovals.map(({ rule, missing, people }) => {
    const some = people.slice(0, shownPeople).map((name) => plainPerson(name))
    const others = people.length - some.length
    const who = join([...some, ...(others > 0 ? [mrkdwn`${others} more`] : [])], ', ')
    return mrkdwn`*${rule}:* ${missing} more needed${people.length === 0 ? none : mrkdwn` from ${who}`}`
  })
}

const shownPeople = 8

/** By e-mail: they have been told once already. Members of Slack without one are among those who were told. */
function plainPerson(name: string): Mrkdwn {
  return name.startsWith('slack:') ? mrkdwn`a member of this workspace` : given(name)
}
