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

/** The person if there is one, else the program; for readers of the workspace. */
export function actor({ kind, name, onBehalfOf }: ShownActor, workspaceId?: string): Mrkdwn {
  if (onBehalfOf !== null) return person(onBehalfOf, workspaceId)
  return kind === 'TOKEN' ? given(name) : mrkdwn`Godwit`
}
