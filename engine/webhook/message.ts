import type { Status } from '../lifecycle/index.ts'
import type { Actor, EventPayload, EventType } from '../ports/index.ts'

/** What goes into the body of a delivery. */
export interface WebhookMessage {
  readonly id: string
  readonly type: EventType
  readonly at: Date
  readonly sequence: bigint
  readonly migration: {
    readonly id: string
    readonly shortId: string
    readonly name: string
    /** As it is when the delivery is made, which may be later than the event. */
    readonly status: Status
  }
  readonly message: string
  readonly payload: EventPayload
  readonly actor: Actor
}

/** The body, made once for all attempts: the receiver gets the same bytes each time. */
export function writeWebhookBody({ actor, ...message }: WebhookMessage): string {
  const { kind, name, onBehalfOf = null } = actor
  return JSON.stringify({
    ...message,
    sequence: Number(message.sequence),
    actor: { kind, name, onBehalfOf },
  })
}

/** The body of a test, which is about no migration. */
export function writePingBody(id: string, at: Date): string {
  return JSON.stringify({
    id,
    type: 'PING',
    at,
    sequence: null,
    migration: null,
    message: 'Godwit can reach this webhook.',
    payload: {},
    actor: null,
  })
}
