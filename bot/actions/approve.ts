import { ApiError, graphql, payloadOf } from '../client/index.ts'
import { chooseMigration } from '../migrations/index.ts'
import type { ActionHandler } from '../registry.ts'
import { notice, refusal } from '../views/index.ts'
import { isSeenByAll } from './act.ts'
import { readButton } from './button.ts'

const Approve = graphql(`
  mutation Approve($input: ApproveCutoverInput!) {
    approveCutover(input: $input) {
      __typename
      ... on ApproveCutoverPayload {
        plan {
          status
        }
      }
      ... on UserError {
        code
        message
        remedy
      }
    }
  }
`)

/** One click and one confirmation. The API knows who may; the message of the plan then shows who has. */
export const approve: ActionHandler = {
  async run(turn, action) {
    const read = await readButton(turn, action)
    const migration = read === null ? null : await chooseMigration(turn, read.m)
    if (read === null || migration === null) return
    const input = { id: migration.shortId, planDigest: read.d ?? '', idempotencyKey: turn.deliveryKey }
    try {
      const { approveCutover } = await turn.api.execute(Approve, { input })
      const { plan } = payloadOf(approveCutover, 'ApproveCutoverPayload')
      if (!isSeenByAll(turn, action))
        await turn.tell(notice(plan.status === 'APPROVED' ? approved : oneOfSeveral))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      await turn.tell(refusal(error, turn))
    }
  },
}

const approved = 'The cutover is approved.'
const oneOfSeveral = 'Your approval counts. Others are missing.'
