import { type FragmentOf, graphql } from '../../client/index.ts'
import { actorFragment } from '../actor.ts'
import { renamesFragment } from '../renames.ts'

/** Who has decided what about a plan. */
export const decidedFragment = graphql(`
  fragment DecidedPlan on CutoverPlan {
    status
    executedBy
    executedAt
    decisions {
      at
      decision
      person
      reason
    }
    breakGlass {
      at
      person
      reason
    }
  }
`)

export type DecidedPlan = FragmentOf<typeof decidedFragment>

/** A plan of a cutover, for people to decide on. */
export const cutoverFragment = graphql(
  `
    fragment CutoverMessage on Migration {
      shortId
      name
      version
      availableActions
      source {
        name
      }
      target {
        name
      }
      selection {
        ...ShownRenames
      }
      cutoverWindow {
        isOpen
        nextOpensAt
      }
      cutoverPlan {
        digest
        ...DecidedPlan
        createdAt
        expiresAt
        voidReason
        predictedPause
        predictedParts {
          fence
          drain
          align
          compare
        }
        measured {
          lagBytes
          lagSeconds
          tables
          warnings {
            message
            remedy
          }
        }
        options {
          compare
          fencing
          maxPause
        }
        requestedBy {
          ...ShownActor
        }
        requirement {
          rule
          required
        }
        missingApprovals {
          rule
          missing
          people
        }
      }
    }
  `,
  [actorFragment, decidedFragment, renamesFragment],
)

export type Cutover = FragmentOf<typeof cutoverFragment>
export type CutoverPlan = NonNullable<Cutover['cutoverPlan']>
