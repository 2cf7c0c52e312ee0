import type { Json, JsonObject } from '../json.ts'

/** The names of Socket Mode; HTTP has a body of its own form for each. */
export type DeliveryKind = 'slash_commands' | 'interactive' | 'events_api'

export interface Retry {
  readonly number: number
  readonly reason: string
}

export interface Outgoing {
  readonly kind: DeliveryKind
  readonly payload: JsonObject
  readonly retry?: Retry
}

export type Outcome =
  | { readonly acknowledged: true; readonly body: Json | undefined }
  | {
      readonly acknowledged: false
      /** In the words that Slack shows to the person. */
      readonly error: 'operation_timeout' | 'dispatch_failed'
      /** In the words of `X-Slack-Retry-Reason`. */
      readonly reason: 'http_timeout' | 'connection_failed' | 'http_error'
      /** The app asked for no more of it, with `X-Slack-No-Retry`. */
      readonly noRetry?: boolean
    }

export interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Something that was sent to the app, and what became of it. */
export interface Delivery extends Outgoing {
  readonly atMs: number
  /** As it went over HTTP, to the byte; undefined over Socket Mode. */
  readonly request?: SignedRequest
  /** Undefined while the app has not answered. */
  outcome?: Outcome
}

export type Delivered = Delivery & { readonly outcome: Outcome }

export interface Transport {
  /** Hands over, and waits for the acknowledgement until the signal aborts. */
  readonly send: (outgoing: Outgoing, signal: AbortSignal) => Promise<Outcome>
}

export const timedOut: Outcome = { acknowledged: false, error: 'operation_timeout', reason: 'http_timeout' }
