import { graphql } from '../../client/index.ts'
import type { Announcement } from '../events.ts'
import type { NotifyNeeds } from '../ports.ts'

const OpenMatters = graphql(`
  query OpenMatters($id: ID!) {
    migration(id: $id) {
      cutoverPlan {
        digest
      }
      alarms(first: 20) {
        nodes {
          id
        }
      }
    }
  }
`)

/** The latest alarms, oldest first, and the plan: where there is nothing to say of one, its message stays as it is. */
export async function readOpenMatters(
  { api }: Pick<NotifyNeeds, 'api'>,
  shortId: string,
): Promise<readonly Announcement[]> {
  const { migration } = await api.execute(OpenMatters, { id: shortId })
  if (migration === null) return []
  const { alarms, cutoverPlan } = migration
  return [
    ...alarms.nodes.toReversed().map(({ id }) => ({ kind: 'alarm', alarmId: id }) as const),
    ...(cutoverPlan === null ? [] : [{ kind: 'plan', digest: cutoverPlan.digest } as const]),
  ]
}
