import { type FragmentOf, graphql } from '../client/index.ts'
import { given, type Mrkdwn, mrkdwn, person } from './mrkdwn.ts'

/** Who did something. */
export const actorFragment = graphql(`
  fragment ShownActor on Actor {
    kind
    name
    onBehalfOf
  }
`)

export type ShownActor = FragmentOf<typeof actorFragment>

/** The person if there is one, else the program. */
export function actor({ kind, name, onBehalfOf }: ShownActor): Mrkdwn {
  if (onBehalfOf !== null) return person(onBehalfOf)
  return kind === 'TOKEN' ? given(name) : mrkdwn`Godwit`
}
