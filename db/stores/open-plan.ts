import { GodwitError, planVoid, type CutoverPlan } from '../../engine/index.ts'

export function planMissing(shortId: string, digest: string | undefined): GodwitError {
  return new GodwitError(
    'PLAN_MISSING',
    digest === undefined
      ? `Completing the migration ${shortId} needs the digest of a plan.`
      : `The migration ${shortId} has no plan with the digest ${digest.slice(0, 64)}.`,
  )
}

/** @throws GodwitError for a plan that nothing can become of any more, saying why and who was first */
export function requireOpen(plan: CutoverPlan): void {
  const { status, expiresAt, voidReason, decisions, executedBy } = plan
  if (status === 'EXPIRED') {
    throw new GodwitError('PLAN_EXPIRED', `The plan has expired, at ${expiresAt.toISOString()}.`)
  }
  if (status === 'VOID') throw planVoid(voidReason === null ? [] : [voidReason])
  if (status === 'REJECTED') {
    const rejection = decisions.find(({ decision }) => decision === 'REJECT')
    throw new GodwitError(
      'PLAN_REJECTED',
      `${rejection?.person ?? 'Somebody'} has rejected the plan: ${rejection?.reason ?? 'no reason is known'}`,
    )
  }
  if (status === 'EXECUTING' || status === 'EXECUTED') {
    throw new GodwitError(
      'PLAN_DECIDED',
      `The plan is ${status} already, by ${executedBy ?? 'nobody known'}.`,
    )
  }
}
