import { graphql, payloadOf } from '../client/index.ts'
import { holdsRole } from '../people/index.ts'
import { called, changes, done, isPossible } from '../migrations/index.ts'
import type { ModalHandler } from '../registry.ts'
import type { Turn } from '../turn.ts'
import { type MigrationCard, refusal } from '../views/index.ts'
import {
  breakGlassModal,
  expiryChoices,
  fencingChoices,
  maxPauseChoices,
  planCutoverModal,
  rejectModal,
} from '../views/modals/cutover.ts'
import { inputIds, modalIds } from '../views/modals/ids.ts'
import { mrkdwn } from '../views/mrkdwn.ts'
import { changed, close, contextOf, orErrors, readAbout } from './about.ts'
import { choicesOf, oneOf, textOf } from './entered.ts'

const PlanCutover = graphql(`
  mutation PlanCutover($input: PlanCutoverInput!) {
    planCutover(input: $input) {
      __typename
      ... on PlanCutoverPayload {
        plan {
          digest
        }
      }
      ... on UserError {
        code
        message
        remedy
      }
      ... on ValidationError {
        field
      }
    }
  }
`)

const Reject = graphql(`
  mutation Reject($input: RejectCutoverInput!) {
    rejectCutover(input: $input) {
      __typename
      ... on RejectCutoverPayload {
        plan {
          status
        }
      }
      ... on UserError {
        code
        message
        remedy
      }
      ... on ValidationError {
        field
      }
    }
  }
`)

export async function openPlan(turn: Turn, migration: MigrationCard): Promise<void> {
  if (!(await isPossible(turn, 'COMPLETE', migration))) return
  const { name, kind } = migration
  await turn.openModal(planCutoverModal({ ...contextOf(turn, migration), name, canCompare: kind.fullCopy }))
}

export async function openReject(turn: Turn, migration: MigrationCard, digest: string): Promise<void> {
  const { name } = migration
  await turn.openModal(rejectModal({ ...contextOf(turn, migration), d: digest, name }))
}

/** The API refuses it to anybody but admins: who is none need not enter a reason first. */
export async function openBreakGlass(turn: Turn, migration: MigrationCard, digest: string): Promise<void> {
  if (!holdsRole(turn.person.role, 'admin')) return turn.tell(refusal(onlyAdmins))
  const { name, cutoverPlan: plan } = migration
  const needsWritesStopped = plan?.options.fencing === 'NONE'
  await turn.openModal(
    breakGlassModal({ ...contextOf(turn, migration), d: digest, name, needsWritesStopped }),
  )
}

const onlyAdmins = {
  message: 'Only admins can complete a cutover without the approvals that it lacks.',
  remedy: 'Ask somebody with the role admin; /migrate whoami says which you have.',
}

/** Source and target are measured, which may take longer than Slack waits: then the person is told what is wrong. */
export const planCutover: ModalHandler = {
  async submit(from, view) {
    const about = await readAbout(from, view)
    if (about === null) return close
    const { turn, context, migration } = about
    const input = {
      id: context.m,
      idempotencyKey: turn.deliveryKey,
      fencing: oneOf(fencingChoices, textOf(view, inputIds.fencing)) ?? 'READ_ONLY',
      ...(migration.kind.fullCopy && { compare: choicesOf(view, inputIds.compare).length > 0 }),
      maxPause: oneOf(maxPauseChoices, textOf(view, inputIds.maxPause)) ?? 'PT300S',
      expiresIn: oneOf(expiryChoices, textOf(view, inputIds.expiresIn)) ?? 'PT1800S',
    }
    return orErrors({ person: turn.person, view }, modalIds.planCutover, async () => {
      const { planCutover: answer } = await turn.api.execute(PlanCutover, { input })
      payloadOf(answer, 'PlanCutoverPayload')
      await turn.say(done(turn.person.name, mrkdwn`has planned the cutover of ${called(migration)}`))
    })
  },
}

export const reject: ModalHandler = {
  async submit(from, view) {
    const about = await readAbout(from, view)
    if (about === null) return close
    const { turn, context } = about
    const reason = textOf(view, inputIds.reason)
    const input = {
      id: context.m,
      planDigest: context.d ?? '',
      reason,
      idempotencyKey: turn.deliveryKey,
    }
    return orErrors({ person: turn.person, view }, modalIds.reject, async () => {
      const { rejectCutover } = await turn.api.execute(Reject, { input })
      payloadOf(rejectCutover, 'RejectCutoverPayload')
    })
  },
}

export const breakGlass: ModalHandler = {
  async submit(from, view) {
    const about = await readAbout(from, view)
    if (about === null) return close
    const { turn, context, migration } = about
    const input = {
      id: context.m,
      planDigest: context.d ?? '',
      idempotencyKey: turn.deliveryKey,
      breakGlass: { reason: textOf(view, inputIds.reason) },
      ...(context.v !== undefined && { expectedVersion: context.v }),
      ...(choicesOf(view, inputIds.writesStopped).length > 0 && { writesStopped: true }),
    }
    return changed(about, modalIds.breakGlass, async () => {
      await changes.complete(turn.api, input)
      const did = mrkdwn`has broken the glass and begun the cutover of ${called(migration)}`
      await turn.say(done(turn.person.name, did))
    })
  },
}
