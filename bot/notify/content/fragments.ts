import { type FragmentOf, graphql } from '../../client/index.ts'

export const alarmFragment = graphql(`
  fragment PlainAlarm on Alarm {
    id
    kind
    message
    state
    severity
    isMuted
    openedAt
    resolvedAt
    resolution
    acknowledgement {
      by {
        name
        onBehalfOf
      }
      note
    }
    migration {
      shortId
      name
    }
  }
`)

export type Alarm = FragmentOf<typeof alarmFragment>

export const planFragment = graphql(`
  fragment PlainPlan on CutoverPlan {
    digest
    status
    voidReason
    expiresAt
    predictedPause
    executedBy
    missingApprovals {
      missing
      people
    }
    decisions {
      person
      decision
      reason
      at
    }
    breakGlass {
      person
      reason
      at
    }
  }
`)

export type Plan = FragmentOf<typeof planFragment>
