import { type FragmentOf, graphql } from '../../client/index.ts'
import { renamesFragment } from '../renames.ts'

/** All that the card of a migration shows. */
export const migrationCardFragment = graphql(
  `
    fragment MigrationCard on Migration {
      shortId
      name
      status
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
      kind {
        fullCopy
        incremental
      }
      steps {
        name
        status
        startedAt
        finishedAt
      }
      progress {
        copiedBytes
        copiedRows
        copiedTables
        estimatedRows
        sizeBytes
        tables
      }
      lag {
        bytes
        seconds
        retainedBytes
        appliedChanges
      }
      recentLag: lagHistory(limit: 60) {
        at
        bytes
        seconds
      }
      problem {
        code
        message
        remedy
      }
      nextAttemptAt
      schedule {
        startAt
      }
      queue {
        position
        reason
      }
      verifyReport {
        checks {
          outcome
        }
      }
      cutoverPlan {
        status
        digest
        expiresAt
        predictedPause
        missingApprovals {
          missing
        }
        options {
          fencing
        }
      }
      cutoverWindow {
        isOpen
        closesAt
        nextOpensAt
        automatic
      }
      fence {
        givenUp
        mode
      }
      openAlarms: alarms(first: 5, states: [FIRING, ACKNOWLEDGED]) {
        nodes {
          message
          severity
          state
        }
      }
      alarmMutes {
        until
      }
      finishedAt
      report {
        pause
        predictedPause
        rows
        bytes
        appliedChanges
      }
    }
  `,
  [renamesFragment],
)

export type MigrationCard = FragmentOf<typeof migrationCardFragment>
