/** Who asks: stored with every audit entry and event. */
export interface Actor {
  readonly kind: 'token' | 'worker' | 'system'
  readonly id: string
  readonly name: string
  /** The person for whom a token acts, such as a Slack user. */
  readonly onBehalfOf?: string
}

/** Of one call that changes something. */
export interface CommandContext {
  readonly actor: Actor
  /** Same key and same input: the first result again. Same key, other input: IDEMPOTENCY_KEY_REUSED. */
  readonly idempotencyKey?: string
}
