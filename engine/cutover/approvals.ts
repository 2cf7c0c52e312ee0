import type { Actor, CutoverDecision, CutoverPlan, RequiredApproval } from '../ports/index.ts'
import { mayBeSamePerson, personOf } from './person.ts'

/** A rule that is not met yet. */
export interface MissingApproval {
  readonly rule: string
  /** How many more are needed. */
  readonly missing: number
  /** Who can give one and has not. */
  readonly people: readonly string[]
}

/** What of a plan tells who has to approve it. */
type Decided = Pick<CutoverPlan, 'requirement' | 'requestedBy'> & {
  readonly decisions: readonly Pick<CutoverDecision, 'person' | 'actor' | 'decision'>[]
}

/** What is left until every rule is met. One person's approval counts once for each rule that names them. Pure. */
export function missingApprovals(plan: Decided): readonly MissingApproval[] {
  return plan.requirement.rules.flatMap((rule) => missingOf(rule, plan))
}

function missingOf(
  { rule, required, approvers }: RequiredApproval,
  plan: Decided,
): readonly MissingApproval[] {
  const requester = personOf(plan.requestedBy)
  const others = approvers.filter((person) => person !== requester)
  const people = others.filter((person) => !hasDecided(plan, person))
  const missing = required - (others.length - people.length)
  return missing <= 0 ? [] : [{ rule, missing, people }]
}

/** Why an approval would not count for a plan that waits for some; null when it would. Pure. */
export function findApprovalObstacle(plan: Decided, actor: Actor): string | null {
  const person = personOf(actor)
  if (mayBeSamePerson(plan.requestedBy, actor))
    return `${describeAgain(plan.requestedBy, actor)} asked for the plan, so another has to approve it`
  const former = plan.decisions.find((decision) => mayBeSamePerson(decision.actor, actor))
  if (former !== undefined) return `${describeAgain(former.actor, actor)} has approved it already`
  if (missingApprovals(plan).some(({ people }) => people.includes(person))) return null
  return `no rule that still lacks approvals names ${person}`
}

function describeAgain(former: Actor, now: Actor): string {
  return personOf(former) === personOf(now) ? personOf(now) : `the token ${now.name}`
}

/** A rejection ends a plan, so whoever has decided on an open one has approved it. */
function hasDecided({ decisions }: Decided, person: string): boolean {
  return decisions.some((decision) => decision.person === person)
}

/** For people: which rules are not met, and who can help. */
export function describeMissing(plan: Decided): string {
  return missingApprovals(plan)
    .map(({ rule, missing, people }) => {
      const from = people.length === 0 ? 'but nobody is left who could' : `from ${people.join(', ')}`
      return `${rule} needs ${missing} more, ${from}`
    })
    .join('; ')
}
