import type { Actor, CommandContext } from './actors.ts'
import type { EventType } from './events.ts'
import type { Page, PageRequest } from './pages.ts'

/** Which events a webhook gets: those that pass each of these. Null: all do. */
export interface WebhookFilter {
  readonly eventTypes: readonly EventType[] | null
  readonly migrationIds: readonly string[] | null
  /** Of migrations that have all of them when the delivery is made. */
  readonly tags: readonly string[] | null
}

/** Someone's HTTP server that gets the events. Its secrets stay behind `WebhookStore.target`. */
export interface Webhook extends WebhookFilter {
  readonly id: string
  readonly name: string
  /** Without the query, which may hold a secret. */
  readonly url: string
  readonly enabled: boolean
  /** Why Godwit itself disabled it. */
  readonly disabledReason: string | null
  /** Failures since the last success, over all deliveries. */
  readonly consecutiveFailures: number
  readonly failingSince: Date | null
  /** Until when deliveries are signed with the previous secret too. */
  readonly previousSecretUntil: Date | null
  readonly createdBy: Actor
  readonly createdAt: Date
}

export interface NewWebhook extends WebhookFilter {
  readonly name: string
  readonly url: string
  /** `whsec_…`; absent: Godwit makes one. */
  readonly secret?: string
}

export interface WebhookChanges extends Partial<WebhookFilter> {
  readonly name?: string
  readonly url?: string
  readonly enabled?: boolean
}

/** The secret is in the answer and nowhere else. A repetition by idempotency key answers with a null secret. */
export interface WebhookWithSecret {
  readonly webhook: Webhook
  readonly secret: string | null
}

export const deliveryStates = ['PENDING', 'DELIVERED', 'DEAD'] as const

export type DeliveryState = (typeof deliveryStates)[number]

/** One event on its way to one webhook. */
export interface WebhookDelivery {
  readonly id: string
  readonly webhookId: string
  readonly eventId: string
  readonly eventType: EventType
  readonly state: DeliveryState
  readonly attempts: number
  /** Of a pending one. */
  readonly nextAttemptAt: Date | null
  /** What the receiver answered last; null when it did not answer. */
  readonly lastStatusCode: number | null
  readonly lastError: string | null
  readonly firstAttemptAt: Date | null
  readonly lastAttemptAt: Date | null
  readonly createdAt: Date
}

/** Where and how to send, decrypted. */
export interface WebhookTarget {
  readonly url: string
  /** To sign with: the present one, and for a day after a rotation the previous one. */
  readonly secrets: readonly string[]
  /** By the control database's clock. */
  readonly now: Date
}

/** What the API asks about webhooks. Every change is audited. */
export interface WebhookStore {
  /** It gets what happens from now on. @throws GodwitError NAME_TAKEN, BAD_INPUT */
  create(input: NewWebhook, context: CommandContext): Promise<WebhookWithSecret>
  /**
   * One that is enabled again goes on with what is still pending and what happens from now on.
   * @throws GodwitError NOT_FOUND, NAME_TAKEN, BAD_INPUT
   */
  update(id: string, changes: WebhookChanges, context: CommandContext): Promise<Webhook>
  /** With its deliveries. @throws GodwitError NOT_FOUND */
  delete(id: string, context: CommandContext): Promise<void>
  /** The previous secret signs too for a day. @throws GodwitError NOT_FOUND, BAD_INPUT */
  rotateSecret(id: string, secret: string | undefined, context: CommandContext): Promise<WebhookWithSecret>
  find(id: string): Promise<Webhook | null>
  list(page: PageRequest): Promise<Page<Webhook>>
  deliveries(
    webhookId: string,
    filter: { readonly states?: readonly DeliveryState[] },
    page: PageRequest,
  ): Promise<Page<WebhookDelivery>>
  /** Sends it again, whatever became of it; with all attempts before it. @throws GodwitError NOT_FOUND */
  redeliver(deliveryId: string, context: CommandContext): Promise<WebhookDelivery>
  /** Sends again all that are dead. @throws GodwitError NOT_FOUND */
  redeliverDead(webhookId: string, context: CommandContext): Promise<Webhook>
  /** Decrypts. Only where something is about to be sent. @throws GodwitError NOT_FOUND, SECRET_UNREADABLE */
  target(id: string): Promise<WebhookTarget>
}

/**
 * A delivery that this worker sends. While it is claimed, no other delivery of its webhook is: that keeps them in
 * order.
 */
export interface ClaimedDelivery {
  readonly webhookId: string
  readonly webhookName: string
  readonly deliveryId: string
  /** Tells this claim from a later one. */
  readonly claim: string
  readonly eventId: string
  /** The same text at each attempt. */
  readonly body: string
  /** The number of this one, from 1. */
  readonly attempt: number
}

/** What became of an attempt. */
export interface DeliveryOutcome {
  readonly statusCode: number | null
  /** One sentence; null when it was delivered. */
  readonly error: string | null
  /** Of a failure: until the next attempt. Null: there is none. */
  readonly retryInMs: number | null
  /** Set when the webhook is to be disabled for this outcome alone. */
  readonly disableReason: string | null
}

/** What the workers ask about deliveries. */
export interface WebhookQueue {
  /**
   * Makes deliveries of new events, in the transaction that moves the webhook's cursor behind them. One webhook, one
   * batch; false when there was nothing to do.
   */
  fanOut(): Promise<boolean>
  /** One due delivery each of at most `limit` webhooks, and none of a webhook that has one claimed. */
  claim(limit: number, claimMs: number): Promise<readonly ClaimedDelivery[]>
  /** @throws GodwitError NOT_FOUND, SECRET_UNREADABLE */
  target(webhookId: string): Promise<WebhookTarget>
  /**
   * Notes the outcome and gives back the claim; nothing when the claim was lost. A webhook that has only failed for
   * `giveUpAfterMs` is disabled.
   * @returns why the webhook was disabled, or null
   */
  settle(delivery: ClaimedDelivery, outcome: DeliveryOutcome, giveUpAfterMs: number): Promise<string | null>
  /** Gives back the claim of a delivery that was not sent. */
  release(delivery: ClaimedDelivery): Promise<void>
  /** Forgets old deliveries, some at a time. */
  prune(): Promise<void>
}
