import { GodwitError } from '../errors.ts'
import type { Row } from './outcomes.ts'
import { rowsAfterStart } from './rows-after-start.ts'
import { rowsBeforeStart } from './rows-before-start.ts'
import { actions, type Action, type Report, type Status } from './status.ts'

/**
 * The whole life of a migration: what each action or report leads to in each status. A missing pair does not
 * compile. SPEC.md beside this file says why each is as it is.
 */
const transitions: Record<Status, Row> = { ...rowsBeforeStart, ...rowsAfterStart }

/**
 * The status that `trigger` leads to. Pure.
 * @throws GodwitError ILLEGAL_ACTION, naming the reason and what is possible instead.
 */
export function nextStatus(status: Status, trigger: Action | Report): Status {
  const outcome = transitions[status][trigger]
  if (typeof outcome === 'string') return outcome
  const possible = legalActions(status)
  throw new GodwitError(
    'ILLEGAL_ACTION',
    `${trigger} is not possible in status ${status}: ${outcome.refused}.`,
    {
      remedy:
        possible.length === 0
          ? 'Nothing more can be done with this migration; create a new one.'
          : `Possible now: ${possible.join(', ')}.`,
    },
  )
}

/** The actions that the table allows in a status. */
export function legalActions(status: Status): readonly Action[] {
  return actions.filter((action) => typeof transitions[status][action] === 'string')
}
