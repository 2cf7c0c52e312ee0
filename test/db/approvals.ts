import type {
  ActionRequest,
  CommandContext,
  ControlStores,
  CutoverPlan,
  Migration,
} from '../../engine/index.ts'
import { alice, makeFollowing, openTestStores, planCutover, type TestStores } from './fixtures.ts'

export const as = (person: string): CommandContext => ({
  actor: { kind: 'token', id: 'token-of-the-bot', name: 'bot', onBehalfOf: person },
})

export interface Scene extends TestStores {
  readonly migration: Migration
  readonly plan: CutoverPlan
}

/** A plan that ada asked for, and that `required` of ben, cat and dan have to approve. */
export async function setPlan(required: number): Promise<Scene> {
  const control = await openTestStores()
  const { migration } = await makeFollowing(control.stores)
  await control.stores.approvalRules.create(
    { name: 'dba', required, people: ['ada', 'ben', 'cat', 'dan'], groups: [], endpointId: null, tag: null },
    alice,
  )
  const plan = await planCutover(control.stores, migration, { context: as('ada') })
  return { ...control, migration, plan }
}

export const requestOf = ({ migrationId, digest }: CutoverPlan) => ({ migrationId, planDigest: digest })

export function approve(stores: ControlStores, plan: CutoverPlan, person: string): Promise<CutoverPlan> {
  return stores.cutovers.approve(requestOf(plan), as(person))
}

export function reject(stores: ControlStores, plan: CutoverPlan, person: string): Promise<CutoverPlan> {
  const request = { ...requestOf(plan), reason: 'The shop is having a sale.', asAdmin: false }
  return stores.cutovers.reject(request, as(person))
}

export function complete(
  stores: ControlStores,
  plan: CutoverPlan,
  more: Partial<ActionRequest> = {},
): Promise<Migration> {
  return stores.migrations.act(
    { ...requestOf(plan), action: 'COMPLETE', writesStopped: true, ...more },
    as('ada'),
  )
}
